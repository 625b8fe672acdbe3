//! The headings of errors.

use crate::domain::AppError;

/// The heading of a page that shows an error.
#[must_use]
pub fn title(error: &AppError) -> &'static str {
    match error {
        AppError::Malformed(_) => "Bad request",
        AppError::Unauthorized => "Sign in to see this",
        AppError::Forbidden(_) => "Not allowed",
        AppError::NotFound(_) => "Not found",
        AppError::MethodNotAllowed => "Method not allowed",
        AppError::NotAcceptable => "Not acceptable",
        AppError::TooSlow => "Request timeout",
        AppError::Conflict(_) => "Conflict",
        AppError::Gone(_) => "No longer available",
        AppError::Stale => "Changed in the meantime",
        AppError::WeakTag => "Weak entity tag",
        AppError::TooLarge(_) => "Too large",
        AppError::UnsupportedMediaType(_) => "Unsupported media type",
        AppError::Invalid(_) => "Some fields need correcting",
        AppError::PreconditionRequired => "Precondition required",
        AppError::TooManyRequests(_) => "Too many requests",
        AppError::Internal(_) => "Internal error",
        AppError::Unavailable(_) => "Not available right now",
        AppError::Batch(first, _) => title(first),
    }
}
