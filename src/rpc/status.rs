//! The HTTP status of each error, for pages, server functions and REST alike.

use crate::domain::AppError;

/// The HTTP status code of an error (RFC 9110).
#[must_use]
pub fn status(error: &AppError) -> u16 {
    match error {
        AppError::Malformed(_) => 400,
        AppError::Unauthorized => 401,
        AppError::Forbidden(_) => 403,
        AppError::NotFound(_) => 404,
        AppError::MethodNotAllowed => 405,
        AppError::NotAcceptable => 406,
        AppError::TooSlow => 408,
        AppError::Conflict(_) => 409,
        AppError::Gone(_) => 410,
        AppError::Stale | AppError::WeakTag => 412,
        AppError::TooLarge(_) => 413,
        AppError::UnsupportedMediaType(_) | AppError::EncodedBody => 415,
        AppError::Invalid(_) => 422,
        AppError::PreconditionRequired => 428,
        AppError::TooManyRequests(_) => 429,
        AppError::Internal(_) => 500,
        AppError::Unavailable(_) => 503,
        AppError::Batch(first, _) => status(first),
    }
}
