//! Answers in JSON.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::domain::AppError;

/// What most answers are smaller than, in bytes.
const ROOM: usize = 512;
/// So many headers have their place from the start: what all answers have is added to them.
const HEADERS: usize = 24;

pub fn json(value: &impl Serialize) -> Response {
    let mut body = Vec::with_capacity(ROOM);
    match serde_json::to_writer(&mut body, value) {
        Ok(()) => written(body),
        Err(error) => AppError::internal(error).into_response(),
    }
}

/// The same of what is written already.
pub fn written(body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    let mut headers = HeaderMap::with_capacity(HEADERS);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *response.headers_mut() = headers;
    response
}
