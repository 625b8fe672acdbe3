//! The settings and services that all connections of a listener share.

use std::time::Duration;

use axum::Router;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::server::{
    foundation::{
        connections::Timeouts,
        lifecycle::Lifecycle,
        limits::{HEAD_BYTES, HTTP2_STREAMS},
    },
    http::middleware::response_cache::FastPath,
};

/// The interval of HTTP/2 keep-alive pings to a silent client with requests in flight.
const PING_INTERVAL: Duration = Duration::from_secs(20);

/// The settings and services that all connections share.
#[derive(Debug)]
pub struct Server {
    /// The name of the listener, a label of its metrics.
    pub name: &'static str,
    pub fast_path: Option<FastPath>,
    pub router: Router,
    pub lifecycle: Lifecycle,
    pub timeouts: Timeouts,
    pub http1: http1::Builder,
    pub http2: http2::Builder<TokioExecutor>,
}

impl Server {
    pub fn new(name: &'static str, router: Router, lifecycle: Lifecycle, timeouts: Timeouts) -> Self {
        let mut http1 = http1::Builder::new();
        // `Activity` times the heads, because hyper does not tell a slow head from an idle connection.
        http1.timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(HEAD_BYTES);
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .timer(TokioTimer::new())
            .keep_alive_interval(PING_INTERVAL)
            .max_concurrent_streams(HTTP2_STREAMS)
            .max_header_list_size(u32::try_from(HEAD_BYTES).unwrap_or(u32::MAX));
        Self { name, fast_path: None, router, lifecycle, timeouts, http1, http2 }
    }

    /// Serves cached responses before the router.
    #[must_use]
    pub fn with_fast_path(self, fast_path: FastPath) -> Self {
        Self { fast_path: Some(fast_path), ..self }
    }
}
