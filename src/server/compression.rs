//! Answers as small as those who asked can take them.

use axum::{body::Body, extract::Request, middleware::Next, response::Response};
use tower::{Layer, ServiceExt};
use tower_http::compression::{
    CompressionLayer, Predicate,
    predicate::{DefaultPredicate, NotForContentType},
};

use super::feed;

/// Compresses what is worth it. Streams of events pass by: each would hold the place of an encoder, some
/// kilobytes, for as long as it is open.
pub async fn compress(request: Request, next: Next) -> Response {
    if request.uri().path() == feed::PATH {
        return next.run(request).await;
    }
    match CompressionLayer::new().compress_when(worth_compressing()).layer(next).oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

/// Not what is small, compressed already, or a stream that must not wait.
fn worth_compressing() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new("font/"))
}
