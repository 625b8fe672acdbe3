//! Compression of responses.

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use tower_http::compression::{
    CompressionLayer, Predicate,
    predicate::{DefaultPredicate, NotForContentType},
};

use super::run_through;
use crate::server::http::{conditional::encoded_etag, negotiation::accepted_codings, paths::EVENTS};

/// The codings of responses, the preferred one first.
const CODINGS: [&str; 3] = ["zstd", "br", "gzip"];

/// Middleware: compresses responses that are worth it. Skips event streams, because each would hold an encoder of some
/// kilobytes for as long as it is open, and requests that accept no coding. A request that refuses unencoded responses
/// gets one anyway where none is encoded (RFC 9110 section 12.5.3): after it was handled, 406 would be wrong.
pub async fn compress(mut request: Request, next: Next) -> Response {
    if request.uri().path() == EVENTS {
        return next.run(request).await;
    }
    let Some(accepted) = accepted_codings(request.headers(), &CODINGS) else {
        return with_vary(next.run(request).await);
    };
    request.headers_mut().insert(header::ACCEPT_ENCODING, accepted);
    let response = run_through(&CompressionLayer::new().compress_when(worth_compressing()), request, next).await;
    with_vary(with_tag_of_coding(response))
}

/// Adds `Vary: accept-encoding` to a response that another client could get encoded, and to 304, which must have the
/// header fields that 200 would have (RFC 9110 section 15.4.5).
fn with_vary(mut response: Response) -> Response {
    let has_variants = response.status() == StatusCode::NOT_MODIFIED || worth_compressing().should_compress(&response);
    if has_variants && !varies(&response) {
        response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    response
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
