//! API tokens that were looked up lately.

use std::{fmt, sync::Arc};

use quick_cache::sync::Cache;

use super::invalidation::{Changing, Generations, trail_watcher::Watch};
use crate::{
    domain::ApiToken,
    server::{foundation::secret::Hash, store::Store},
};

/// So many are known at once, a hundred bytes each. Who is not among them is looked up.
const MOST: usize = 1_000;

/// Tokens as they were found, each until anything happens that may have ended it. What opens nothing is
/// never remembered. Cheap to clone.
#[derive(Clone)]
pub struct KnownTokens {
    generations: Generations,
    /// `None`: nothing is remembered.
    watch: Option<Arc<Watch>>,
    tokens: Arc<Cache<Hash, Known>>,
}

#[derive(Clone)]
struct Known {
    generation: u64,
    token: Arc<ApiToken>,
}

impl KnownTokens {
    /// Remembers tokens of a store in which other processes may end them.
    #[must_use]
    pub fn of(store: &Arc<dyn Store>, generations: &Generations) -> Self {
        Self::new(generations.clone(), Some(Watch::new(store.clone(), generations.clone())))
    }

    /// Remembers none.
    #[must_use]
    pub fn none() -> Self {
        Self::new(Generations::default(), None)
    }

    fn new(generations: Generations, watch: Option<Watch>) -> Self {
        Self { generations, watch: watch.map(Arc::new), tokens: Arc::new(Cache::new(MOST)) }
    }

    /// Whether it is known what other processes change.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.watch.as_ref().is_some_and(|watch| watch.is_fresh())
    }

    /// That in which what is looked up from now on may be remembered.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generations.of_all()
    }

    /// A token that has not ended since it was looked up; it may have expired.
    #[must_use]
    pub fn get(&self, hash: &Hash) -> Option<Arc<ApiToken>> {
        let known = self.tokens.get(hash)?;
        (known.generation == self.generation() && self.is_fresh()).then_some(known.token)
    }

    /// Forgets them all, once this is dropped.
    pub fn changing(&self) -> Changing<'_> {
        self.generations.changing(Vec::new())
    }

    pub fn remember(&self, hash: Hash, generation: u64, token: ApiToken) {
        if self.watch.is_some() {
            self.tokens.insert(hash, Known { generation, token: Arc::new(token) });
        }
    }
}

impl fmt::Debug for KnownTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownTokens").field("known", &self.tokens.len()).finish_non_exhaustive()
    }
}
