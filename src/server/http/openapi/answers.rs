//! The error responses that operations share.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

use super::{examples, headers};
use crate::{
    domain::{AppError, Cause, FieldError, FieldErrors},
    server::{foundation::limits::BODY_LIMIT, http::problem},
};

pub const NOT_MODIFIED: &str = "Unchanged since the answer that `If-None-Match` names.";

/// Problem details (RFC 9457), the body of every error.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it only describes the body, which `problem::details` makes")]
pub struct Problem {
    /// The HTTP status.
    #[schema(value_type = i64, minimum = 400, maximum = 599)]
    status: u16,
    /// A short summary, the same for every error of its kind.
    title: String,
    /// An explanation for people.
    detail: String,
    /// The `X-Request-Id`, which the log carries too.
    #[schema(required)]
    request_id: Option<String>,
    /// The same as `detail`, for older clients.
    error: String,
    /// Every invalid field; left out if there are none.
    #[schema(required = false, min_items = 1)]
    errors: Vec<FieldError>,
}

/// Defines named sets of errors for the handlers to list.
macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident: $($status:literal)+;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $name;

            impl IntoResponses for $name {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    references(&[$($status),+])
                }
            }
        )+
    };
}

errors! {
    /// Errors that every operation may return.
    Refused: 401 403 406 429 500 503;
    /// A malformed URL.
    BadAddress: 400;
    Unknown: 404;
    /// A user that cannot be changed: not found, in conflict with others, or in another version.
    Unchangeable: 404 409 412;
    /// An invalid parameter or field.
    BadFields: 422;
    /// An unreadable or invalid body.
    BadBody: 400 408 413 415 422;
    Conflicting: 409;
    /// Not found, or in the wrong state.
    WrongState: 404 409;
    /// Deleted in the meantime.
    Expired: 410;
    PreconditionRequired: 428;
}

fn references(statuses: &[u16]) -> BTreeMap<String, RefOr<Response>> {
    let shared = shared();
    let reference = |status: &u16| {
        let (name, ..) = shared.iter().find(|(_, _, error)| problem::status(error).as_u16() == *status)?;
        Some((status.to_string(), Ref::from_response_name(*name).into()))
    };
    statuses.iter().filter_map(reference).collect()
}

/// The shared errors: name, condition and example.
fn shared() -> Vec<(&'static str, &'static str, AppError)> {
    let no_at = FieldErrors::one("email", "invalid", "must be an address like ada@example.org: the @ is missing");
    let taken = FieldErrors::one("email", "taken", "belongs to another user already");
    vec![
        (
            "Malformed",
            "The request could not be read: no JSON, no object, no UTF-8.",
            AppError::Malformed("The body is not JSON: EOF while parsing a value at line 1 column 0.".to_owned()),
        ),
        (
            "Unauthorized",
            "No token was sent, or one that opens nothing, and nobody is signed in.",
            AppError::Unauthorized,
        ),
        ("Forbidden", "The scopes of the token, or the role, do not allow this.", AppError::forbidden()),
        ("NotFound", "There is no such thing, or none that may be known.", AppError::no_such_user()),
        ("NotAcceptable", "`Accept` takes nothing that there is.", AppError::NotAcceptable),
        ("TooSlow", "The body came too slowly.", AppError::TooSlow),
        (
            "Conflict",
            "Another user stands in the way, or the state that something is in; or a request with the same \
             `Idempotency-Key` is being answered right now.",
            AppError::Conflict(taken),
        ),
        ("Gone", "It was there once.", AppError::Gone("The file is not kept any more.".to_owned())),
        ("Stale", "`If-Match` names another version than there is: somebody else was faster.", AppError::Stale),
        ("TooLarge", "The body is too large.", AppError::TooLarge(BODY_LIMIT)),
        (
            "UnsupportedMediaType",
            "`Content-Type` is another than the body must have, or there is a `Content-Encoding` where none may be.",
            AppError::UnsupportedMediaType("application/json".to_owned()),
        ),
        (
            "Invalid",
            "A field or parameter holds what it may not, is not known, or is missing; `errors` names each.",
            AppError::Invalid(no_at),
        ),
        ("PreconditionRequired", "`If-Match` is missing.", AppError::PreconditionRequired),
        ("TooManyRequests", "Asked too often.", AppError::TooManyRequests(7)),
        (
            "Internal",
            "A fault on our side; nothing of it is told but in the log.",
            AppError::Internal(Cause::default()),
        ),
        (
            "Unavailable",
            "Overloaded, or cut off from the database; may work again soon.",
            AppError::Unavailable(Cause::default()),
        ),
    ]
}

/// The errors as components of the document.
pub fn components() -> impl Iterator<Item = (&'static str, Response)> {
    shared().into_iter().map(|(name, description, error)| {
        let example = serde_json::to_value(problem::details(&error, Some(examples::REQUEST_ID.to_owned())));
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).example(example.ok());
        let answer = ResponseBuilder::new().description(description).content("application/problem+json", content);
        let names: &[&str] = match error {
            AppError::Unauthorized => &["WWW-Authenticate"],
            AppError::UnsupportedMediaType(_) => &["Accept-Encoding"],
            AppError::Conflict(_) | AppError::TooManyRequests(_) | AppError::Unavailable(_) => &["Retry-After"],
            _ => &[],
        };
        let answer = names.iter().fold(answer, |answer, name| answer.header_ref(*name, headers::reference(name)));
        (name, answer.build())
    })
}
