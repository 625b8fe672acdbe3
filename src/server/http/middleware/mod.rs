//! The middleware of the stack, except for the layers of tower-http, `rest::negotiate` and
//! `event_stream::notify_change_feed`; [`router`](super::router) puts them in order.

use std::convert::Infallible;

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use tower::{Layer, Service, ServiceExt};

pub mod access_log;
pub mod authenticate;
pub mod compression;
pub mod cors;
pub mod csrf;
pub mod errors;
pub mod idempotency;
pub mod load_shed;
pub mod options_method;
pub mod rate_limit;
pub mod request_id;
pub mod require_access;
pub mod response_cache;
pub mod security_headers;
pub mod session;

/// Runs the inner service with one more layer around it, for requests that need the layer.
async fn run_through<L, B>(layer: &L, request: Request, next: Next) -> Response
where
    L: Layer<Next, Service: Service<Request, Response = Response<B>, Error = Infallible>>,
    Response<B>: IntoResponse,
{
    match layer.layer(next).oneshot(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}
