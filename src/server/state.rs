use std::{fmt, sync::Arc};

use super::{SystemClock, UuidV7};
use super::{auth::Actor, site::Site, store::Store, users::Users};

/// What every request may use. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub users: Users,
    /// As whom a request without credentials runs.
    pub anonymous: Actor,
    pub site: Arc<Site>,
}

impl AppState {
    #[must_use]
    pub fn new(store: Arc<dyn Store>, anonymous: Actor) -> Self {
        Self {
            users: Users::new(store, Arc::new(SystemClock), Arc::new(UuidV7)),
            anonymous,
            site: Arc::new(Site::embedded()),
        }
    }
}

impl fmt::Debug for AppState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppState").field("anonymous", &self.anonymous).finish_non_exhaustive()
    }
}
