//! The fast path: serves cached responses before a request enters the router, with an access log line and a request id.

use std::sync::Arc;

use axum::{body::Bytes, http::Request, response::Response};
use http_body_util::Full;

use super::{Cache, cache_key::CacheLookup};
use crate::server::http::middleware::{
    access_log::{AccessLog, LoggedBody},
    request_id,
};

/// Serves cached responses in front of the router. Other requests go through the router, which fills the cache.
#[derive(Debug, Clone)]
pub struct FastPath {
    cache: Cache,
    log: Arc<AccessLog>,
}

impl FastPath {
    #[must_use]
    pub fn new(cache: Cache, log: Arc<AccessLog>) -> Self {
        Self { cache, log }
    }

    #[must_use]
    pub fn cached_response<B>(&self, request: &Request<B>) -> Option<Response<LoggedBody<Full<Bytes>>>> {
        let lookup = self.cache.lookup(request)?;
        let id = request_id::of(request.headers())?;
        let response = self.cache.get(&lookup, &id)?;
        let CacheLookup { at, route, actor, .. } = lookup;
        Some(self.log.log_cached(at, route, request.method(), id.to_str().ok()?, actor, response))
    }
}
