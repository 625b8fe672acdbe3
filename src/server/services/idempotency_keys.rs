//! Idempotency keys: a request with an `Idempotency-Key` is executed once, and its response is stored for a day and
//! replayed.

use std::{fmt, sync::Arc};

use chrono::TimeDelta;

use crate::{
    domain::{AppError, Timestamp},
    server::{
        foundation::{clock::Clock, limits::IDEMPOTENCY_KEY_RETENTION},
        store::{KeyedRequest, KnownRequest, Store, StoredResponse},
    },
};

/// A request that is in flight for longer and has no outcome was abandoned in a crash.
const ABANDONED_AFTER: TimeDelta = TimeDelta::seconds(60);

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

    /// Registers a request, or returns the first request with its key.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn begin(&self, keyed: &KeyedRequest) -> Result<Option<KnownRequest>, AppError> {
        self.store
            .begin_request(keyed, keyed.at.minus(ABANDONED_AFTER), keyed.at.minus(IDEMPOTENCY_KEY_RETENTION))
            .await
    }

    /// Stores the response. The change is committed already, so a failure here is logged and not returned.
    pub async fn keep(&self, keyed: &KeyedRequest, response: &StoredResponse) {
        if let Err(error) = self.store.finish_request(keyed, response).await {
            tracing::warn!(cause = error.cause(), "could not store the response of a request with an Idempotency-Key");
        }
    }

    /// Frees the key of a request that changed nothing.
    pub async fn release(&self, keyed: &KeyedRequest) {
        if let Err(error) = self.store.release_request(keyed).await {
            tracing::warn!(
                cause = error.cause(),
                "could not release an Idempotency-Key; it is released after a minute"
            );
        }
    }
}

impl fmt::Debug for IdempotencyKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdempotencyKeys").finish_non_exhaustive()
    }
}
