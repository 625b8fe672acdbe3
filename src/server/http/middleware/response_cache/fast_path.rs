//! Gives what is kept before a request comes to the router, with all that any answer has.

use std::sync::Arc;

use axum::{body::Bytes, http::Request, response::Response};
use http_body_util::Full;

use super::{Cache, cache_key::Question};
use crate::server::http::middleware::{
    access_log::{AccessLog, WatchedBody},
    request_id,
};

/// Stands in front of the router. What it does not give, the router makes, and the cache keeps.
#[derive(Debug, Clone)]
pub struct Front {
    cache: Cache,
    log: Arc<AccessLog>,
}

impl Front {
    #[must_use]
    pub fn new(cache: Cache, log: Arc<AccessLog>) -> Self {
        Self { cache, log }
    }

    #[must_use]
    pub fn given<B>(&self, request: &Request<B>) -> Option<Response<WatchedBody<Full<Bytes>>>> {
        let question = self.cache.question(request)?;
        let id = request_id::of(request.headers())?;
        let response = self.cache.given(&question, &id)?;
        let Question { at, route, actor, .. } = question;
        Some(self.log.follow(at, route, request.method(), id.to_str().ok()?, actor, response))
    }
}
