//! How often a client may ask, where that is limited (draft-ietf-httpapi-ratelimit-headers-10).

mod in_process;
mod shared;

use std::{fmt, net::IpAddr, num::NonZeroU32, sync::Arc};

use async_trait::async_trait;
use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use governor::clock::DefaultClock;
use secrecy::ExposeSecret;

use self::{in_process::InProcess, shared::Shared};
use super::{authenticate::bearer, boxed::Next};
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

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// Whoever has this token, by its hash.
    Token(Hash),
    /// Everybody in a network.
    Client(String),
}

/// What somebody may still do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// How many more requests, now; `None`: not even this one.
    pub remaining: Option<u32>,
    /// In so many seconds there is another.
    pub more_in: u32,
}

/// Counts requests: within this process, or where several instances share the count.
#[async_trait]
pub trait Limiter: fmt::Debug + Send + Sync {
    /// Counts a request of somebody.
    async fn count(&self, key: &Key) -> Allowance;
}

/// The limit, in front of whatever costs something.
#[derive(Debug, Clone)]
pub struct RateLimit {
    limiter: Arc<dyn Limiter>,
    trusted_proxies: Arc<TrustedProxies>,
    policy: HeaderValue,
}

impl RateLimit {
    /// So many requests a minute, counted by all who share a Redis, else in this process.
    ///
    /// # Errors
    /// `Internal` when the policy is no header, which it always is.
    pub fn new(
        a_minute: NonZeroU32,
        trusted_proxies: Arc<TrustedProxies>,
        redis: Option<&Redis>,
    ) -> Result<Self, AppError> {
        let alone = InProcess::new(a_minute, DefaultClock::default());
        let limiter: Arc<dyn Limiter> = match redis {
            Some(redis) => Arc::new(Shared::new(redis.clone(), a_minute, alone)),
            None => Arc::new(alone),
        };
        let policy = HeaderValue::try_from(format!("\"default\";q={a_minute};w=60")).map_err(AppError::internal)?;
        Ok(Self { limiter, trusted_proxies, policy })
    }

    /// A token counts by itself, wherever it is sent from; what is none in form counts as nothing.
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

/// Turns those away who ask too often, before anybody looks at their credentials.
pub async fn enforce(limit: RateLimit, request: Request, next: Next) -> Response {
    if !is_limited(&request) {
        return next.run(request).await;
    }
    let allowance = limit.limiter.count(&limit.key(&request)).await;
    let mut response = match allowance.remaining {
        Some(_) => next.run(request).await,
        None => refuse(allowance),
    };
    response.headers_mut().insert(POLICY, limit.policy);
    let left = format!("\"default\";r={};t={}", allowance.remaining.unwrap_or(0), allowance.more_in);
    response.headers_mut().extend(HeaderValue::try_from(left).ok().map(|left| (LIMIT, left)));
    response
}

fn refuse(allowance: Allowance) -> Response {
    telemetry::rate_limited();
    AppError::TooManyRequests(allowance.more_in).into_response()
}

/// Programs and whatever changes something; not the pages and files that people look at.
fn is_limited(request: &Request) -> bool {
    let path = request.uri().path();
    path.starts_with("/api/") || path.starts_with("/rpc/") || !request.method().is_safe()
}
