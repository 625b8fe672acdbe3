//! A cache of API tokens. The cache key is the hash of the token.

use std::{fmt, sync::Arc};

use quick_cache::sync::Cache;

use super::invalidation::{Epochs, InvalidationGuard, trail_watcher::TrailWatcher};
use crate::{
    domain::ApiToken,
    server::{foundation::secret::Hash, store::Store},
};

/// The maximum number of cached tokens, of about a hundred bytes each.
const MAX_TOKENS: usize = 1_000;

/// Caches valid tokens, each until any change that may have revoked it. Failed lookups are never cached. Cheap to
/// clone.
#[derive(Clone)]
pub struct TokenCache {
    epochs: Epochs,
    /// `None`: caching is disabled.
    watch: Option<Arc<TrailWatcher>>,
    tokens: Arc<Cache<Hash, CachedToken>>,
}

#[derive(Clone)]
struct CachedToken {
    epoch: u64,
    token: Arc<ApiToken>,
}

impl TokenCache {
    /// A cache for a store in which other processes may revoke tokens.
    #[must_use]
    pub fn enabled(store: &Arc<dyn Store>, epochs: &Epochs) -> Self {
        Self::new(epochs.clone(), Some(TrailWatcher::new(store.clone(), epochs.clone())))
    }

    /// A disabled cache.
    #[must_use]
    pub fn disabled() -> Self {
        Self::new(Epochs::default(), None)
    }

    fn new(epochs: Epochs, watch: Option<TrailWatcher>) -> Self {
        Self { epochs, watch: watch.map(Arc::new), tokens: Arc::new(Cache::new(MAX_TOKENS)) }
    }

    /// Whether the changes of other processes are known.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.watch.as_ref().is_some_and(|watch| watch.is_fresh())
    }

    /// The current epoch, to be read before the lookup of a token that is cached.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epochs.of_all()
    }

    /// A cached token that was not revoked; it may have expired.
    #[must_use]
    pub fn get(&self, hash: &Hash) -> Option<Arc<ApiToken>> {
        let cached = self.tokens.get(hash)?;
        (cached.epoch == self.epoch() && self.is_fresh()).then_some(cached.token)
    }

    /// Invalidates all tokens when the guard is dropped.
    pub fn changing(&self) -> InvalidationGuard<'_> {
        self.epochs.changing(Vec::new())
    }

    pub fn insert(&self, hash: Hash, epoch: u64, token: ApiToken) {
        if self.watch.is_some() {
            self.tokens.insert(hash, CachedToken { epoch, token: Arc::new(token) });
        }
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache").field("cached", &self.tokens.len()).finish_non_exhaustive()
    }
}
