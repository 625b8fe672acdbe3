//! Requests that are done once: the response to an `Idempotency-Key` is kept for a day and given again.

use std::{fmt, sync::Arc};

use chrono::TimeDelta;

use crate::{
    domain::{AppError, Timestamp},
    server::{
        foundation::{clock::Clock, limits::IDEMPOTENCY_KEYS_KEPT},
        store::{KeptAnswer, KeyedRequest, KnownRequest, Store},
    },
};

/// A request in flight for this long, with nothing done, was left behind by a crash.
const ABANDONED: TimeDelta = TimeDelta::seconds(60);

/// The requests with a key and their responses.
#[derive(Clone)]
pub struct IdempotencyKeys {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl IdempotencyKeys {
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// # Errors
    /// `Internal` when the clock is out of range.
    pub fn now(&self) -> Result<Timestamp, AppError> {
        self.clock.now()
    }

    /// Registers a request, or answers the one that used its key first.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn begin(&self, keyed: &KeyedRequest) -> Result<Option<KnownRequest>, AppError> {
        self.store.begin_request(keyed, keyed.at.minus(ABANDONED), keyed.at.minus(IDEMPOTENCY_KEYS_KEPT)).await
    }

    /// Keeps the response. The change is committed already, so a failure here is logged and not returned.
    pub async fn keep(&self, keyed: &KeyedRequest, response: &KeptAnswer) {
        if let Err(error) = self.store.finish_request(keyed, response).await {
            tracing::warn!(cause = error.cause(), "could not keep the answer of a request with an Idempotency-Key");
        }
    }

    /// Frees a key whose request did nothing.
    pub async fn release(&self, keyed: &KeyedRequest) {
        if let Err(error) = self.store.release_request(keyed).await {
            tracing::warn!(cause = error.cause(), "could not free an Idempotency-Key; it will be in a minute");
        }
    }
}

impl fmt::Debug for IdempotencyKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdempotencyKeys").finish_non_exhaustive()
    }
}
