//! Errors.
#![expect(dead_code, reason = "these types only describe JSON")]

use utoipa::ToSchema;

/// Problem details (RFC 9457).
#[derive(ToSchema)]
pub struct Problem {
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: i64,
    /// A short summary, the same for every error of this kind.
    title: String,
    /// A human-readable explanation.
    detail: String,
    /// The `X-Request-Id`, which identifies the request in the log.
    #[schema(required)]
    request_id: Option<String>,
    /// The same as `detail`, for older clients.
    error: String,
    /// The invalid fields; omitted if there are none.
    #[schema(min_items = 1, required = false)]
    errors: Vec<FieldError>,
}

/// An invalid field and the reason.
#[derive(ToSchema)]
struct FieldError {
    /// The field or parameter, as it was sent.
    field: String,
    /// A machine-readable error code.
    #[schema(examples("required", "too_long", "unknown", "taken"))]
    code: String,
    /// A human-readable message; follows the field’s name in a sentence.
    message: String,
}
