//! Errors.
#![expect(dead_code, reason = "these types only describe JSON")]

use utoipa::ToSchema;

/// Problem details (RFC 9457).
#[derive(ToSchema)]
pub struct Problem {
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: i64,
    /// A few words, the same for every error of its kind.
    title: String,
    /// A sentence for people.
    detail: String,
    /// The `X-Request-Id`: by it the log is found.
    #[schema(required)]
    request_id: Option<String>,
    /// The same as `detail`, where older clients look for it.
    error: String,
    /// Every field at fault; left out where none is.
    #[schema(min_items = 1, required = false)]
    errors: Vec<FieldError>,
}

/// A field and what is wrong with it.
#[derive(ToSchema)]
struct FieldError {
    /// The field or parameter, as it was sent.
    field: String,
    /// For programs.
    #[schema(examples("required", "too_long", "unknown", "taken"))]
    code: String,
    /// For people; follows the field’s name in a sentence.
    message: String,
}
