//! The errors that operations share.

use std::collections::BTreeMap;

use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::{
    examples, headers,
    schemas::{Problem, of},
};
use crate::{
    domain::{AppError, Cause, FieldErrors},
    server::{foundation::limits::BODY_LIMIT, http::problem},
};

/// Responses by their status.
pub type Answers = BTreeMap<String, RefOr<Response>>;

/// References to the shared errors with these statuses.
pub fn errors(statuses: &[u16]) -> Answers {
    let named = shared();
    let refer = |status: &u16| {
        let (name, ..) = named.iter().find(|(_, _, error)| problem::status(error).as_u16() == *status)?;
        Some((status.to_string(), Ref::from_response_name(*name).into()))
    };
    statuses.iter().filter_map(refer).collect()
}

/// The shared errors: name, condition and example.
fn shared() -> Vec<(&'static str, &'static str, AppError)> {
    let no_at = FieldErrors::one("email", "invalid", "must be an address like ada@example.org: the @ is missing");
    let taken = FieldErrors::one("email", "taken", "already belongs to another user");
    vec![
        (
            "Malformed",
            "The request cannot be parsed: not JSON, not an object, or not UTF-8.",
            AppError::Malformed(
                "The request body is not JSON: EOF while parsing a value at line 1 column 0.".to_owned(),
            ),
        ),
        (
            "Unauthorized",
            "Missing or invalid credentials: no valid API token, no valid session.",
            AppError::Unauthorized,
        ),
        ("Forbidden", "The scopes of the token, or the role, do not allow this.", AppError::forbidden()),
        ("NotFound", "The resource does not exist, or the caller may not see it.", AppError::no_such_user()),
        ("NotAcceptable", "No available representation matches `Accept`.", AppError::NotAcceptable),
        ("TooSlow", "The request body arrived too slowly.", AppError::TooSlow),
        (
            "Conflict",
            "A conflict with another user or with the state of the resource; or a request with the same \
             `Idempotency-Key` is still in progress.",
            AppError::Conflict(taken),
        ),
        (
            "Gone",
            "The resource existed but is no longer available.",
            AppError::Gone("The file is no longer stored.".to_owned()),
        ),
        ("Stale", "`If-Match` is not the current version: the user has changed since it was read.", AppError::Stale),
        ("TooLarge", "The body is too large.", AppError::TooLarge(BODY_LIMIT)),
        (
            "UnsupportedMediaType",
            "Unsupported `Content-Type`, or a `Content-Encoding`, which no body may have.",
            AppError::UnsupportedMediaType("application/json".to_owned()),
        ),
        (
            "Invalid",
            "A field or parameter is invalid, unknown or missing; `errors` lists each.",
            AppError::Invalid(no_at),
        ),
        ("PreconditionRequired", "`If-Match` is missing.", AppError::PreconditionRequired),
        ("TooManyRequests", "The rate limit is exceeded; see `Retry-After`.", AppError::TooManyRequests(7)),
        (
            "Internal",
            "Internal server error. Its cause is only in the server's log.",
            AppError::Internal(Cause::default()),
        ),
        (
            "Unavailable",
            "Overloaded or disconnected from the database; retry later.",
            AppError::Unavailable(Cause::default()),
        ),
    ]
}

/// The errors as components of the document.
pub fn components() -> impl Iterator<Item = (&'static str, Response)> {
    shared().into_iter().map(|(name, description, error)| {
        let example = serde_json::to_value(problem::details(&error, Some(examples::REQUEST_ID.to_owned())));
        let content = ContentBuilder::new().schema(Some(of::<Problem>())).example(example.ok());
        let answer = ResponseBuilder::new().description(description).content("application/problem+json", content);
        let names: &[&str] = match error {
            AppError::Unauthorized => &["WWW-Authenticate"],
            AppError::UnsupportedMediaType(_) => &["Accept-Encoding"],
            AppError::Conflict(_) | AppError::TooManyRequests(_) | AppError::Unavailable(_) => &["Retry-After"],
            _ => &[],
        };
        (name, names.iter().fold(answer, |answer, name| answer.header_ref(*name, headers::reference(name))).build())
    })
}
