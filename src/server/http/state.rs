//! The application state, and the settings from which it is made.

use std::{fmt, num::NonZeroU32, ops::Deref, sync::Arc};

use super::{
    middleware::{
        access_log::AccessLog, authenticate::Authenticator, idempotency::Idempotency, load_shed::Load,
        rate_limit::RateLimit, response_cache::Cache, session::SessionManager,
    },
    static_files::StaticFiles,
};
use crate::{
    domain::AppError,
    server::{
        foundation::{
            client_ip::TrustedProxies,
            clock::{Clock, Ids},
            lifecycle::Lifecycle,
            public_url::PublicUrl,
            redis::{Redis, RedisUrl},
        },
        services::{
            accounts::{Accounts, SignInPolicy},
            audit::Audit,
            change_feed::ChangeFeed,
            health::Health,
            idempotency_keys::IdempotencyKeys,
            identity::Identity,
            imports::Imports,
            invalidation::Epochs,
            token_cache::TokenCache,
            tokens::Tokens,
            users::Users,
        },
        store::Store,
    },
};

/// The application state. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AppState(Arc<Parts>);

pub struct Parts {
    pub users: Users,
    pub accounts: Accounts,
    pub tokens: Tokens,
    pub audit: Audit,
    pub sessions: SessionManager,
    pub idempotency: Idempotency,
    pub imports: Imports,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    /// The identity of requests without credentials.
    pub anonymous: Identity,
    pub public_url: PublicUrl,
    pub trusted_proxies: Arc<TrustedProxies>,
    pub rate_limit: Option<RateLimit>,
    /// The Redis that instances share, if configured.
    pub redis: Option<Redis>,
    pub feed: ChangeFeed,
    pub epochs: Epochs,
    pub cache: Cache,
    pub site: Arc<StaticFiles>,
    pub lifecycle: Lifecycle,
    pub health: Health,
    pub load: Load,
    pub access_log: Arc<AccessLog>,
}

/// The settings of a server.
#[derive(Debug, Clone)]
pub struct Settings {
    pub anonymous: Identity,
    pub sign_in_policy: SignInPolicy,
    pub trusted_proxies: TrustedProxies,
    /// The maximum number of requests per minute, for each token or client.
    pub rate_limit: Option<NonZeroU32>,
    pub redis: Option<RedisUrl>,
    /// The maximum number of open event streams.
    pub max_streams: usize,
    /// How many days deleted users can be restored.
    pub trash_days: u32,
    /// The maximum number of requests in flight.
    pub max_in_flight: usize,
    /// The size of the response cache in bytes.
    pub cache_bytes: u64,
}

impl AppState {
    /// # Errors
    /// `Internal` when the system has no randomness, or no certificates for a Redis behind TLS.
    pub fn new(
        store: &Arc<dyn Store>,
        clock: &Arc<dyn Clock>,
        ids: &Arc<dyn Ids>,
        settings: Settings,
    ) -> Result<Self, AppError> {
        let public_url = settings.sign_in_policy.public_url.clone();
        let trusted_proxies = Arc::new(settings.trusted_proxies);
        let site = Arc::new(StaticFiles::embedded());
        let redis = settings.redis.as_ref().map(Redis::open).transpose()?;
        let rate_limit =
            settings.rate_limit.map(|limit| RateLimit::new(limit, trusted_proxies.clone(), redis.as_ref()));
        let lifecycle = Lifecycle::default();
        let epochs = Epochs::default();
        let known = TokenCache::enabled(store, &epochs);
        let tokens = Tokens::new(store.clone(), clock.clone(), ids.clone()).with_cache(known.clone());
        // With a rate limit every request must be counted, so none may be served by the cache's fast path.
        let cache_bytes = if rate_limit.is_some() { 0 } else { settings.cache_bytes };
        let anonymous = settings.anonymous;
        let cache = Cache::new(cache_bytes, epochs.clone(), known, tokens.clone(), anonymous.clone(), &public_url);
        let users = Users::new(store.clone(), clock.clone(), ids.clone())
            .with_invalidation(epochs.clone())
            .with_trash_days(settings.trash_days);
        Ok(Self(Arc::new(Parts {
            accounts: Accounts::new(users.clone(), store.clone(), clock.clone(), ids.clone(), settings.sign_in_policy)?,
            users,
            tokens,
            audit: Audit::new(store.clone()),
            sessions: SessionManager::new(store.clone(), &public_url),
            idempotency: Idempotency { keys: IdempotencyKeys::new(store.clone(), clock.clone()), site: site.clone() },
            imports: Imports::new(store.clone(), clock.clone(), ids.clone()).with_invalidation(epochs.clone()),
            clock: clock.clone(),
            ids: ids.clone(),
            anonymous,
            public_url,
            trusted_proxies,
            rate_limit: rate_limit.transpose()?,
            feed: ChangeFeed::new(store.clone(), clock.clone(), redis.clone(), settings.max_streams),
            health: Health::new(store.clone(), redis.clone(), lifecycle.clone()),
            redis,
            epochs,
            cache,
            access_log: Arc::new(AccessLog::new(site.clone())),
            site,
            lifecycle,
            load: Load::new(settings.max_in_flight),
        })))
    }

    /// The state of the authentication middleware.
    #[must_use]
    pub fn authenticator(&self) -> Authenticator {
        Authenticator {
            tokens: self.tokens.clone(),
            clock: self.clock.clone(),
            trusted_proxies: self.trusted_proxies.clone(),
            anonymous: self.anonymous.clone(),
            site: self.site.clone(),
        }
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").field("anonymous", &self.anonymous).finish_non_exhaustive()
    }
}
