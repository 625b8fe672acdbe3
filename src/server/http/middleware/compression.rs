//! Compression of responses.

use axum::{
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};
use tower_http::compression::{
    CompressionLayer, Predicate,
    predicate::{DefaultPredicate, NotForContentType},
};

use super::run_through;
use crate::server::http::{conditional::encoded_etag, paths::EVENTS};

/// Middleware: compresses responses that are worth it. Skips event streams, because each would hold an encoder of some
/// kilobytes for as long as it is open, and requests without `Accept-Encoding`.
pub async fn compress(request: Request, next: Next) -> Response {
    if request.uri().path() == EVENTS {
        return next.run(request).await;
    }
    if !request.headers().contains_key(header::ACCEPT_ENCODING) {
        let mut response = next.run(request).await;
        if worth_compressing().should_compress(&response) && !varies(&response) {
            // The response would differ for a client that accepts an encoding.
            response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        return response;
    }
    let response = run_through(&CompressionLayer::new().compress_when(worth_compressing()), request, next).await;
    with_tag_of_coding(response)
}

/// A strong tag names the bytes that are sent, so a compressed response has another than a plain one.
fn with_tag_of_coding(mut response: Response) -> Response {
    let headers = response.headers();
    let coding = headers.get(header::CONTENT_ENCODING).and_then(|coding| coding.to_str().ok());
    let (Some(tag), Some(coding)) = (headers.get(header::ETAG), coding) else { return response };
    let is_encoded = tag.to_str().is_ok_and(|tag| tag.ends_with(&format!("-{coding}\"")));
    if let Some(tag) = encoded_etag(tag, coding).filter(|_| !is_encoded) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Whether the `Vary` header of a response already lists `Accept-Encoding`.
fn varies(response: &Response) -> bool {
    let mut lines = response.headers().get_all(header::VARY).iter().filter_map(|line| line.to_str().ok());
    lines.any(|line| line.split(',').any(|name| name.trim().eq_ignore_ascii_case("accept-encoding")))
}

/// Excludes small responses, compressed formats, and streams that must not be delayed.
fn worth_compressing() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new("font/"))
}
