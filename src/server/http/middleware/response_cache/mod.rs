//! The response cache: serves responses again until a change invalidates them.
//!
//! The cache key contains the permission of the client, so a response is never shared between permissions. An entry
//! carries the epoch of its resource. Invalidation starts a new epoch, which makes entries of older epochs stale: once
//! this process has acknowledged a change, it serves no response from before it. Changes by other processes are seen in
//! the audit trail within a second, and nothing is served from the cache while the trail cannot be read.

mod cache_key;
mod cached_response;
mod fast_path;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderValue, Request},
    middleware::Next,
    response::Response,
};
use http_body_util::Full;
use quick_cache::{Weighter, sync};
use tokio::time::timeout;

pub use self::fast_path::FastPath;
use self::{
    cache_key::{CacheKey, CacheLookup},
    cached_response::{CachedResponse, SharedHeaders},
};
use super::{access_log, request_id};
use crate::server::{
    foundation::public_url::PublicUrl,
    http::cookies::session_cookie,
    services::{identity::Identity, invalidation::Epochs, token_cache::TokenCache, tokens::Tokens},
};

/// How long a request waits for the response that another request is producing.
const MAX_WAIT: Duration = Duration::from_millis(250);

/// The response cache. Cheap to clone.
#[derive(Clone)]
pub struct Cache(Arc<Shared>);

struct Shared {
    /// `None`: the cache is disabled.
    entries: Option<sync::Cache<CacheKey, CachedResponse, ByteWeighter>>,
    header_sets: SharedHeaders,
    /// The number of responses produced for the cache, and of those served from it.
    misses: AtomicU64,
    hits: AtomicU64,
    epochs: Epochs,
    cached_tokens: TokenCache,
    tokens: Tokens,
    /// The identity of requests without credentials.
    anonymous: Identity,
    session_cookie: &'static str,
}

impl Cache {
    /// Makes a cache of at most this many bytes; 0 disables it.
    #[must_use]
    pub fn new(
        bytes: u64,
        epochs: Epochs,
        cached_tokens: TokenCache,
        tokens: Tokens,
        anonymous: Identity,
        url: &PublicUrl,
    ) -> Self {
        // An estimate of the number of entries, for the first allocation.
        let entries = (bytes > 0).then(|| sync::Cache::with_weighter(1_024, bytes, ByteWeighter));
        let session_cookie = session_cookie(url);
        let (header_sets, misses, hits) = (SharedHeaders::default(), AtomicU64::new(0), AtomicU64::new(0));
        Self(Arc::new(Shared {
            entries,
            header_sets,
            misses,
            hits,
            epochs,
            cached_tokens,
            tokens,
            anonymous,
            session_cookie,
        }))
    }

    /// `None` for an uncacheable request.
    fn lookup<B>(&self, request: &Request<B>) -> Option<CacheLookup> {
        self.0.entries.as_ref()?;
        self.0.lookup(request)
    }

    fn get(&self, lookup: &CacheLookup, id: &HeaderValue) -> Option<Response<Full<Bytes>>> {
        let kept = self.0.entries.as_ref()?.get(&lookup.key)?;
        let response = (!kept.is_stale(lookup.epoch, lookup.at)).then(|| kept.response(id))??;
        self.0.hits.fetch_add(1, Ordering::Relaxed);
        Some(response)
    }

    /// The number of responses that were produced for the cache.
    #[must_use]
    pub fn misses(&self) -> u64 {
        self.0.misses.load(Ordering::Relaxed)
    }

    /// The number of responses that were served from the cache.
    #[must_use]
    pub fn hits(&self) -> u64 {
        self.0.hits.load(Ordering::Relaxed)
    }

    /// The size of the cache in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.0.entries.as_ref().map_or(0, sync::Cache::weight)
    }
}

/// Middleware: serves a cached response, or caches the produced one. Of concurrent equal requests, one produces it.
pub async fn serve(State(cache): State<Cache>, request: Request<Body>, next: Next) -> Response {
    let shared = &*cache.0;
    let Some(entries) = &shared.entries else { return next.run(request).await };
    let Some(CacheLookup { key, epoch, actor, .. }) = cache.lookup(&request) else {
        return next.run(request).await;
    };
    let is_stale = |kept: &CachedResponse| kept.is_stale(epoch, Instant::now());
    entries.remove_if(&key, is_stale);
    let guard = match timeout(MAX_WAIT, entries.get_value_or_guard_async(&key)).await {
        // The other request takes long: do not wait for it.
        Err(_) => return next.run(request).await,
        Ok(Ok(kept)) => {
            let id = request_id::of(request.headers());
            return match id.filter(|_| !is_stale(&kept)).and_then(|id| kept.response(&id)) {
                Some(response) => {
                    shared.hits.fetch_add(1, Ordering::Relaxed);
                    access_log::record_actor(&request, actor);
                    response.map(Body::new)
                }
                None => next.run(request).await,
            };
        }
        Ok(Err(guard)) => guard,
    };
    shared.misses.fetch_add(1, Ordering::Relaxed);
    let max_bytes = ByteWeighter::max_entry(entries.capacity());
    let (kept, response) = CachedResponse::of(next.run(request).await, epoch, &shared.header_sets, max_bytes).await;
    let _ = guard.insert(kept);
    response
}

/// Middleware: invalidates lists, pages and cached tokens for every request that may change something, before its
/// response is sent. The services invalidate the users that they change.
pub async fn invalidate(State(epochs): State<Epochs>, request: Request<Body>, next: Next) -> Response {
    let _changing = (!request.method().is_safe()).then(|| epochs.changing(Vec::new()));
    next.run(request).await
}

/// Weighs entries by their bytes of memory.
#[derive(Clone)]
struct ByteWeighter;

impl ByteWeighter {
    /// The size of the largest response that is cached.
    fn max_entry(capacity: u64) -> usize {
        usize::try_from(capacity / 16).unwrap_or(usize::MAX)
    }
}

impl Weighter<CacheKey, CachedResponse> for ByteWeighter {
    fn weight(&self, key: &CacheKey, kept: &CachedResponse) -> u64 {
        (key.len() + kept.bytes()) as u64
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("bytes", &self.bytes()).finish_non_exhaustive()
    }
}
