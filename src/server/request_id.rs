//! The name of a request, in its answer and in the log.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Request};
use uuid::Uuid;

pub const NAME: HeaderName = HeaderName::from_static("x-request-id");

/// A client may name its request, in up to 128 characters that are harmless in a log.
pub fn drop_unfit<B>(mut request: Request<B>) -> Request<B> {
    if request.headers().get(NAME).is_some_and(|id| !is_fit(id)) {
        request.headers_mut().remove(NAME);
    }
    request
}

/// As the client names it, else a new name.
pub fn of(headers: &HeaderMap) -> Option<HeaderValue> {
    match headers.get(NAME).filter(|id| is_fit(id)) {
        Some(id) => Some(id.clone()),
        None => HeaderValue::from_str(Uuid::new_v4().hyphenated().encode_lower(&mut Uuid::encode_buffer())).ok(),
    }
}

fn is_fit(id: &HeaderValue) -> bool {
    (1..=128).contains(&id.len())
        && id.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte))
}
