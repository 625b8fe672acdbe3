//! Rate limiting, where it is configured (draft-ietf-httpapi-ratelimit-headers-10).

mod in_process;
mod shared;

use std::{fmt, net::IpAddr, num::NonZeroU32, sync::Arc};

use async_trait::async_trait;
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::clock::DefaultClock;
use secrecy::ExposeSecret;

use self::{in_process::InProcess, shared::Shared};
use super::authenticate::bearer;
use crate::{
    domain::AppError,
    server::foundation::{
        client_ip::{self, Peer, TrustedProxies},
        redis::Redis,
        secret::{Hash, hash_of, is_api_token},
        telemetry,
    },
};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// The key by which requests are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// An API token, by its hash.
    Token(Hash),
    /// All clients in a network.
    Client(String),
}

/// The requests that a key has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// The number of further requests allowed now; `None`: this one is refused.
    pub remaining: Option<u32>,
    /// Seconds until one more request is allowed.
    pub reset_in: u32,
}

/// Counts requests, within this process or shared between instances.
#[async_trait]
pub trait Limiter: fmt::Debug + Send + Sync {
    /// Counts a request and returns what its key has left.
    async fn count(&self, key: &Key) -> Allowance;
}

/// The state of this middleware.
#[derive(Debug, Clone)]
pub struct RateLimit {
    limiter: Arc<dyn Limiter>,
    trusted_proxies: Arc<TrustedProxies>,
    policy: HeaderValue,
}

impl RateLimit {
    /// Allows this many requests per minute, counted by all instances that share a Redis, else in this process.
    ///
    /// # Errors
    /// `Internal` when the policy is not a valid header value.
    pub fn new(
        per_minute: NonZeroU32,
        trusted_proxies: Arc<TrustedProxies>,
        redis: Option<&Redis>,
    ) -> Result<Self, AppError> {
        let local = InProcess::new(per_minute, DefaultClock::default());
        let limiter: Arc<dyn Limiter> = match redis {
            Some(redis) => Arc::new(Shared::new(redis.clone(), per_minute, local)),
            None => Arc::new(local),
        };
        let policy = HeaderValue::try_from(format!("\"default\";q={per_minute};w=60")).map_err(AppError::internal)?;
        Ok(Self { limiter, trusted_proxies, policy })
    }

    /// An API token is its own key, whichever client sends it. A value that cannot be a token counts for its client.
    fn key(&self, request: &Request) -> Key {
        let token = request.headers().get(header::AUTHORIZATION).and_then(bearer);
        match token.filter(|token| is_api_token(token.expose_secret())) {
            Some(token) => Key::Token(hash_of(&token)),
            None => Key::Client(self.client(request).map(client_ip::network).unwrap_or_default()),
        }
    }

    fn client(&self, request: &Request) -> Option<IpAddr> {
        let peer = request.extensions().get::<Peer>()?;
        Some(self.trusted_proxies.client(peer.0.ip(), request.headers()))
    }
}

/// Middleware: refuses requests over the limit, before their credentials are checked.
pub async fn enforce(State(limit): State<RateLimit>, request: Request, next: Next) -> Response {
    if !is_limited(&request) {
        return next.run(request).await;
    }
    let allowance = limit.limiter.count(&limit.key(&request)).await;
    let mut response = match allowance.remaining {
        Some(_) => next.run(request).await,
        None => refuse(allowance),
    };
    response.headers_mut().insert(POLICY, limit.policy);
    let left = format!("\"default\";r={};t={}", allowance.remaining.unwrap_or(0), allowance.reset_in);
    response.headers_mut().extend(HeaderValue::try_from(left).ok().map(|left| (LIMIT, left)));
    response
}

fn refuse(allowance: Allowance) -> Response {
    telemetry::rate_limited();
    AppError::TooManyRequests(allowance.reset_in).into_response()
}

/// The API, server functions and every unsafe method are limited; pages and static files are not.
fn is_limited(request: &Request) -> bool {
    let path = request.uri().path();
    path.starts_with("/api/") || path.starts_with("/rpc/") || !request.method().is_safe()
}
