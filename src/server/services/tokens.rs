//! The service for API tokens.

use std::{fmt, sync::Arc};

use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};

use super::{
    identity::{Actor, Identity},
    token_cache::TokenCache,
};
use crate::{
    domain::{Action, ApiToken, AppError, FieldErrors, Name, Scopes, Timestamp, TokenId},
    server::{
        foundation::{
            clock::{Clock, Ids},
            limits::TOKEN_DAYS,
            secret::{self, Hash},
        },
        store::{Store, TokenRecord},
    },
};

#[derive(Clone)]
pub struct Tokens {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    cache: TokenCache,
}

/// The unvalidated form of a new token.
#[derive(Debug, Clone, Default)]
pub struct TokenForm {
    pub name: String,
    pub scopes: Scopes,
    /// `None`: the token does not expire.
    pub expires_in_days: Option<u32>,
}

impl Tokens {
    /// The minimum interval between two updates of a token's last use.
    const USE_UPDATE_INTERVAL: TimeDelta = TimeDelta::minutes(1);

    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self { store, clock, ids, cache: TokenCache::disabled() }
    }

    /// The same service with a cache of tokens.
    #[must_use]
    pub fn with_cache(self, cache: TokenCache) -> Self {
        Self { cache, ..self }
    }

    /// Creates a token and returns its secret, which is not stored.
    ///
    /// # Errors
    /// `Invalid` on `name`, `scope` or `expires`; `Unauthorized`, `Forbidden`, `Unavailable`,
    /// `Internal`.
    pub async fn create(&self, actor: &Actor, form: &TokenForm) -> Result<SecretString, AppError> {
        actor.may_manage_access()?;
        let (secret, now) = (secret::new_api_token()?, self.clock.now()?);
        let record = TokenRecord {
            id: TokenId(self.ids.next()),
            hash: secret::hash_of(&secret),
            name: form.check()?.as_str().to_owned(),
            scopes: form.scopes,
            owner: actor.member().ok().map(|member| member.id),
            created_at: now,
            expires_at: form.expires_in_days.map(|days| now.plus(TimeDelta::days(days.into()))),
        };
        let expires = record.expires_at.map(|end| end.to_string());
        let event = actor
            .event(Action::TokenCreated, now)
            .about_token(record.id)
            .changing("token", None, Some(&record.name))
            .changing("scopes", None, Some(&record.scopes.to_string()))
            .changing("expires", None, expires.as_deref());
        self.store.create_token(&record, &event).await?;
        Ok(secret)
    }

    /// All tokens, the newest first.
    ///
    /// # Errors
    /// `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<ApiToken>, AppError> {
        actor.may_administer()?;
        self.store.tokens().await
    }

    /// Revokes a token.
    ///
    /// # Errors
    /// `NotFound`; `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn revoke(&self, actor: &Actor, id: TokenId) -> Result<(), AppError> {
        actor.may_manage_access()?;
        let now = self.clock.now()?;
        let _changing = self.cache.changing();
        let is_known = self.store.revoke_token(id, now, &actor.event(Action::TokenRevoked, now)).await?;
        if is_known { Ok(()) } else { Err(AppError::no_such_token()) }
    }

    /// Revokes the token with this secret.
    ///
    /// # Errors
    /// Those of `revoke`.
    pub async fn revoke_secret(&self, actor: &Actor, secret: &SecretString) -> Result<(), AppError> {
        let token = self.store.token(&secret::hash_of(secret)).await?.ok_or_else(AppError::no_such_token)?;
        self.revoke(actor, token.id).await
    }

    /// Authenticates the bearer of a token.
    ///
    /// # Errors
    /// `Unauthorized` for a token that is malformed, unknown, expired or revoked; `Unavailable`, `Internal`.
    pub async fn identify(&self, presented: &SecretString) -> Result<Identity, AppError> {
        if !secret::is_api_token(presented.expose_secret()) {
            return Err(AppError::Unauthorized);
        }
        let (now, hash) = (self.clock.now()?, secret::hash_of(presented));
        if let Some((id, scopes)) = self.cached(&hash, now) {
            return Ok(Identity::Token { id, scopes });
        }
        // Read before the lookup: a change during the lookup may revoke the token.
        let epoch = self.cache.epoch();
        let token = self.store.token(&hash).await?;
        let mut token = token.filter(|token| token.is_valid_at(now)).ok_or(AppError::Unauthorized)?;
        if is_use_outdated(&token, now) {
            self.record_use(token.id, now).await?;
            token.last_used_at = Some(now);
        }
        let (id, scopes) = (token.id, token.scopes);
        self.cache.insert(hash, epoch, token);
        Ok(Identity::Token { id, scopes })
    }

    /// The scopes of a cached token, without a database query.
    #[must_use]
    pub fn scopes(&self, hash: &Hash) -> Option<Scopes> {
        let (_, scopes) = self.cached(hash, self.clock.now().ok()?)?;
        Some(scopes)
    }

    fn cached(&self, hash: &Hash, now: Timestamp) -> Option<(TokenId, Scopes)> {
        let token = self.cache.get(hash)?;
        (token.is_valid_at(now) && !is_use_outdated(&token, now)).then(|| (token.id, token.scopes))
    }

    /// A failure to write must not prevent reading, so `Unavailable` is ignored.
    async fn record_use(&self, id: TokenId, now: Timestamp) -> Result<(), AppError> {
        match self.store.touch_token(id, now).await {
            Err(AppError::Unavailable(cause)) => {
                tracing::warn!(?cause, "could not record the last use of a token");
                Ok(())
            }
            other => other,
        }
    }
}

/// Whether the last use was not updated recently.
fn is_use_outdated(token: &ApiToken, now: Timestamp) -> bool {
    token.last_used_at.is_none_or(|last| last.plus(Tokens::USE_UPDATE_INTERVAL) <= now)
}

impl TokenForm {
    /// Returns all errors, not only the first.
    fn check(&self) -> Result<Name, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take(Name::parse(&self.name));
        if self.scopes.is_empty() {
            errors.push("scope", "required", "must be at least one of users:read, users:write, admin");
        }
        if self.expires_in_days.is_some_and(|days| !(1..=TOKEN_DAYS).contains(&days)) {
            errors.push("expires", "out_of_range", format!("must be 1 to {TOKEN_DAYS} days, or never"));
        }
        match name {
            Some(name) if errors.is_empty() => Ok(name),
            _ => Err(errors),
        }
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}
