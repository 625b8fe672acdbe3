//! API tokens that were looked up lately.

use std::{fmt, sync::Arc};

use quick_cache::sync::Cache;

use super::invalidation::{Epochs, InvalidationGuard, trail_watcher::TrailWatcher};
use crate::{
    domain::ApiToken,
    server::{foundation::secret::Hash, store::Store},
};

/// So many are known at once, a hundred bytes each. Who is not among them is looked up.
const MOST: usize = 1_000;

/// Tokens as they were found, each until anything happens that may have ended it. What opens nothing is
/// never remembered. Cheap to clone.
#[derive(Clone)]
pub struct TokenCache {
    epochs: Epochs,
    /// `None`: nothing is remembered.
    watch: Option<Arc<TrailWatcher>>,
    tokens: Arc<Cache<Hash, Known>>,
}

#[derive(Clone)]
struct Known {
    epoch: u64,
    token: Arc<ApiToken>,
}

impl TokenCache {
    /// Remembers tokens of a store in which other processes may end them.
    #[must_use]
    pub fn of(store: &Arc<dyn Store>, epochs: &Epochs) -> Self {
        Self::new(epochs.clone(), Some(TrailWatcher::new(store.clone(), epochs.clone())))
    }

    /// Remembers none.
    #[must_use]
    pub fn none() -> Self {
        Self::new(Epochs::default(), None)
    }

    fn new(epochs: Epochs, watch: Option<TrailWatcher>) -> Self {
        Self { epochs, watch: watch.map(Arc::new), tokens: Arc::new(Cache::new(MOST)) }
    }

    /// Whether it is known what other processes change.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.watch.as_ref().is_some_and(|watch| watch.is_fresh())
    }

    /// That in which what is looked up from now on may be remembered.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epochs.of_all()
    }

    /// A token that has not ended since it was looked up; it may have expired.
    #[must_use]
    pub fn get(&self, hash: &Hash) -> Option<Arc<ApiToken>> {
        let known = self.tokens.get(hash)?;
        (known.epoch == self.epoch() && self.is_fresh()).then_some(known.token)
    }

    /// Forgets them all, once this is dropped.
    pub fn changing(&self) -> InvalidationGuard<'_> {
        self.epochs.changing(Vec::new())
    }

    pub fn remember(&self, hash: Hash, epoch: u64, token: ApiToken) {
        if self.watch.is_some() {
            self.tokens.insert(hash, Known { epoch, token: Arc::new(token) });
        }
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache").field("known", &self.tokens.len()).finish_non_exhaustive()
    }
}
