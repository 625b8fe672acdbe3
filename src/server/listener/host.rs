//! The settings and services that all connections of a listener share.

use std::time::Duration;

use axum::Router;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::server::{
    foundation::{lifecycle::Lifecycle, limits::Patience},
    http::middleware::response_cache::Front,
};

/// The largest head of a request, in bytes; hyper answers 431 beyond it, as for more than 100 headers.
const HEAD_LIMIT: usize = 32 * 1024;
/// So many requests at once on one connection of HTTP/2.
const STREAMS: u32 = 100;
/// How often a quiet client of HTTP/2 with a request under way is asked whether it is still there.
const PING: Duration = Duration::from_secs(20);
/// What all connections share.
#[derive(Debug)]
pub struct Host {
    /// Which listener they come to.
    pub name: &'static str,
    pub front: Option<Front>,
    pub router: Router,
    pub lifecycle: Lifecycle,
    pub patience: Patience,
    pub http1: http1::Builder,
    pub http2: http2::Builder<TokioExecutor>,
}

impl Host {
    pub fn new(name: &'static str, router: Router, lifecycle: Lifecycle, patience: Patience) -> Self {
        let mut http1 = http1::Builder::new();
        // Heads are timed by `Activity`, which hyper would confuse with idling between requests.
        http1.timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(HEAD_LIMIT);
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .timer(TokioTimer::new())
            .keep_alive_interval(PING)
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(u32::try_from(HEAD_LIMIT).unwrap_or(u32::MAX));
        Self { name, front: None, router, lifecycle, patience, http1, http2 }
    }

    /// The same, with somebody who gives what is kept.
    #[must_use]
    pub fn behind(self, front: Front) -> Self {
        Self { front: Some(front), ..self }
    }
}
