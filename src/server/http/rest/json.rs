//! JSON responses.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::domain::AppError;

/// The initial capacity of a body in bytes: most responses are smaller.
const CAPACITY: usize = 512;
/// The initial capacity of the header map, with room for the headers that middleware adds.
const HEADERS: usize = 24;

pub fn json(value: &impl Serialize) -> Response {
    let mut body = Vec::with_capacity(CAPACITY);
    match serde_json::to_writer(&mut body, value) {
        Ok(()) => json_response(body),
        Err(error) => AppError::internal(error).into_response(),
    }
}

/// A response with serialized JSON.
pub fn json_response(body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    let mut headers = HeaderMap::with_capacity(HEADERS);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *response.headers_mut() = headers;
    response
}
