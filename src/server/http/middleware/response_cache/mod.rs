//! Answers that are kept as they were sent, and given again until something changes what they tell.
//!
//! An answer is kept under what was asked and by whom (never by people of another right), with the
//! generation of what it tells of: a change begins a new generation, and answers of another one are
//! made anew. So nobody reads, once a change is acknowledged here, what was before it. What other
//! processes change is learned from the audit trail within a second, and nothing is given while the
//! trail cannot be read.

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
    body::{self, Body},
    http::{HeaderValue, Request},
    response::Response,
};
use http_body_util::Full;
use quick_cache::{Weighter, sync};
use tokio::time::timeout;

pub use self::fast_path::Front;
use self::{
    cache_key::{Key, Question},
    cached_response::{Common, Kept},
};
use super::{access_log, boxed::Next, request_id};
use crate::server::{
    foundation::public_url::PublicUrl,
    http::cookies::session_cookie,
    services::{identity::Identity, invalidation::Generations, token_cache::KnownTokens, tokens::Tokens},
};

/// So long is waited for an answer that is being made for somebody else.
const PATIENCE: Duration = Duration::from_millis(250);

/// What is kept. Cheap to clone.
#[derive(Clone)]
pub struct Cache(Arc<Shared>);

struct Shared {
    /// `None`: nothing is kept.
    answers: Option<sync::Cache<Key, Kept, Bytes>>,
    common: Common,
    /// How many were made to be kept, and how many given again.
    made: AtomicU64,
    given: AtomicU64,
    generations: Generations,
    known: KnownTokens,
    tokens: Tokens,
    /// As whom a request without credentials runs.
    anonymous: Identity,
    session_cookie: &'static str,
}

impl Cache {
    /// Keeps answers in so many bytes; none in 0.
    #[must_use]
    pub fn new(
        bytes: u64,
        generations: Generations,
        known: KnownTokens,
        tokens: Tokens,
        anonymous: Identity,
        url: &PublicUrl,
    ) -> Self {
        // A guess of how many, for the first allocation.
        let answers = (bytes > 0).then(|| sync::Cache::with_weighter(1_024, bytes, Bytes));
        let session_cookie = session_cookie(url);
        let (common, made, given) = (Common::default(), AtomicU64::new(0), AtomicU64::new(0));
        Self(Arc::new(Shared { answers, common, made, given, generations, known, tokens, anonymous, session_cookie }))
    }

    /// `None` for what no answer is kept of.
    fn question<B>(&self, request: &Request<B>) -> Option<Question> {
        self.0.answers.as_ref()?;
        self.0.question(request)
    }

    fn given(&self, asked: &Question, id: &HeaderValue) -> Option<Response<Full<body::Bytes>>> {
        let kept = self.0.answers.as_ref()?.get(&asked.key)?;
        let response = (!kept.is_over(asked.generation, asked.at)).then(|| kept.response(id))??;
        self.0.given.fetch_add(1, Ordering::Relaxed);
        Some(response)
    }

    /// How many answers were made to be kept.
    #[must_use]
    pub fn made(&self) -> u64 {
        self.0.made.load(Ordering::Relaxed)
    }

    /// How many times one of them was given again.
    #[must_use]
    pub fn times_given(&self) -> u64 {
        self.0.given.load(Ordering::Relaxed)
    }

    /// How many bytes are kept.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.0.answers.as_ref().map_or(0, sync::Cache::weight)
    }
}

/// Gives the answer that is kept, or keeps the one that is made; of many who ask at once one has it made.
pub async fn answer(cache: Cache, request: Request<Body>, next: Next) -> Response {
    let shared = &*cache.0;
    let Some(answers) = &shared.answers else { return next.run(request).await };
    let Some(Question { key, generation, actor, .. }) = cache.question(&request) else {
        return next.run(request).await;
    };
    let is_over = |kept: &Kept| kept.is_over(generation, Instant::now());
    answers.remove_if(&key, is_over);
    let guard = match timeout(PATIENCE, answers.get_value_or_guard_async(&key)).await {
        // It takes long: whoever waits had better try by themselves.
        Err(_) => return next.run(request).await,
        Ok(Ok(kept)) => {
            let id = request_id::of(request.headers());
            return match id.filter(|_| !is_over(&kept)).and_then(|id| kept.response(&id)) {
                Some(response) => {
                    shared.given.fetch_add(1, Ordering::Relaxed);
                    access_log::name_actor(&request, actor);
                    response.map(Body::new)
                }
                None => next.run(request).await,
            };
        }
        Ok(Err(guard)) => guard,
    };
    shared.made.fetch_add(1, Ordering::Relaxed);
    let most = Bytes::most(answers.capacity());
    let (kept, response) = Kept::of(next.run(request).await, generation, &shared.common, most).await;
    let _ = guard.insert(kept);
    response
}

/// Forgets lists, pages and rights with every request that may have changed something, before it is
/// answered. Whom it changed, the services say.
pub async fn forget_after(generations: Generations, request: Request<Body>, next: Next) -> Response {
    let _changing = (!request.method().is_safe()).then(|| generations.changing(Vec::new()));
    next.run(request).await
}

/// What something weighs, in bytes of memory.
#[derive(Clone)]
struct Bytes;

impl Bytes {
    /// The largest answer that is kept.
    fn most(capacity: u64) -> usize {
        usize::try_from(capacity / 16).unwrap_or(usize::MAX)
    }
}

impl Weighter<Key, Kept> for Bytes {
    fn weight(&self, key: &Key, kept: &Kept) -> u64 {
        (key.len() + kept.bytes()) as u64
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("bytes", &self.bytes()).finish_non_exhaustive()
    }
}
