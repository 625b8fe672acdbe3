//! Errors as HTTP responses: their status, and problem details (RFC 9457).

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use problem_details::ProblemDetails;
use serde::Serialize;

use crate::{
    domain::{AppError, FieldError},
    rpc,
};

/// A response with only a status, which carries the error. The `errors` middleware renders it.
impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let mut response = status(&self).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The status code of an error.
pub fn status(error: &AppError) -> StatusCode {
    StatusCode::from_u16(rpc::status::status(error)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The members that Rollcall adds to problem details.
#[derive(Serialize)]
struct Extension {
    request_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// A copy of `detail`, for clients of the first version of the API.
    error: String,
}

/// An error as `application/problem+json`.
pub fn response(error: &AppError, request_id: Option<String>) -> Response {
    let status = status(error);
    match serde_json::to_vec(&details(error, request_id)) {
        Ok(body) => (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response(),
        Err(_) => status.into_response(),
    }
}

/// An error as problem details; the title is the phrase of its status.
pub fn details(error: &AppError, request_id: Option<String>) -> impl Serialize + use<> {
    let message = error.to_string();
    ProblemDetails::from_status_code(status(error))
        .with_title(title(error))
        .with_detail(message.clone())
        .with_extensions(Extension { request_id, errors: error.fields().to_vec(), error: message })
}

/// The phrase of an error's status (RFC 9110).
pub fn title(error: &AppError) -> &'static str {
    status(error).canonical_reason().unwrap_or("Error")
}
