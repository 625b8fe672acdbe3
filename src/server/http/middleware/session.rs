//! Sessions: the cookie holds a random secret, the database its hash and the record of the session (ADR 19).

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, header, request::Parts},
    middleware::Next,
    response::Response,
};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    domain::{AppError, Member, Timestamp},
    server::{
        foundation::{
            limits::{SESSION_IDLE, SESSION_MAX_AGE},
            public_url::PublicUrl,
            secret::{self, Hash, SessionSecret},
        },
        http::cookies::{session_cookie, session_secret, set_session_cookie},
        services::{accounts::Authenticated, identity::Actor},
        store::{SessionRecord, Store},
    },
};

/// The minimum interval between two records of a session's last use.
const RECORD_INTERVAL: TimeDelta = TimeDelta::minutes(1);

/// The session store and the attributes of the cookie. Cheap to clone.
#[derive(Clone)]
pub struct SessionManager {
    store: Arc<dyn Store>,
    cookie_name: &'static str,
    is_https: bool,
}

/// The session that the cookie of a request names, if any. Clones share it.
#[derive(Clone)]
pub struct RequestSession {
    sessions: SessionManager,
    state: Arc<Mutex<CookieState>>,
}

struct CookieState {
    /// The secret that the browser will have after the response.
    secret: Option<SessionSecret>,
    /// The header of the response that makes it so.
    set_cookie: Option<HeaderValue>,
}

/// Middleware: adds the [`RequestSession`] to the extensions of a request, and its cookie to the response if it has
/// changed. API requests with a token have none. Nothing is read from the database until the member is asked for.
pub async fn load(State(sessions): State<SessionManager>, mut request: Request, next: Next) -> Response {
    if request.headers().contains_key(header::AUTHORIZATION) && request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    let secret = session_secret(request.headers(), sessions.cookie_name);
    let session = RequestSession { sessions, state: Arc::new(Mutex::new(CookieState { secret, set_cookie: None })) };
    request.extensions_mut().insert(session.clone());
    let mut response = next.run(request).await;
    if let Some(cookie) = session.state().set_cookie.take() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

impl RequestSession {
    /// The member who is signed in with this session, if any. Records that the session was used, and renews its secret
    /// when the role has changed.
    ///
    /// # Errors
    /// `Internal`, `Unavailable`.
    pub async fn member(&self, now: Timestamp, is_used: bool) -> Result<Option<(Member, Hash)>, AppError> {
        let Some(hash) = self.hash() else { return Ok(None) };
        let Some((current, record, member)) = self.sessions.store.session(&hash, now).await? else { return Ok(None) };
        if current != hash {
            // The response to another request carries the renewed secret.
            return Ok(Some((member, current)));
        }
        if member.role != record.role {
            let record = SessionRecord { role: member.role, ..used(record, now) };
            if let Some(renewed) = self.replace_secret(&hash, &record, true).await? {
                return Ok(Some((member, renewed)));
            }
            let session = self.sessions.store.session(&hash, now).await?;
            return Ok(session.map(|(current, _, member)| (member, current)));
        }
        if is_used && record.seen_at.plus(RECORD_INTERVAL) <= now {
            self.record_use(&hash, &used(record, now)).await?;
        }
        Ok(Some((member, hash)))
    }

    /// Signs a member in, always with a new secret, whatever the browser sent. `id` identifies the session in the
    /// member's list of sessions. `false` if their password was changed since they authenticated.
    ///
    /// # Errors
    /// `Internal`, `Unavailable`.
    pub async fn start(
        &self,
        id: Uuid,
        Authenticated { member, password_hash }: &Authenticated,
        actor: &Actor,
        agent: Option<String>,
        now: Timestamp,
    ) -> Result<bool, AppError> {
        let record = SessionRecord {
            id,
            user: member.id,
            role: member.role,
            signed_in_at: now,
            seen_at: now,
            expires_at: now.plus(SESSION_IDLE),
            address: actor.origin.address.map(|address| address.to_string()),
            agent,
        };
        let (secret, hash) = new_secret()?;
        if !self.sessions.store.create_session(&hash, &record, Some(password_hash)).await? {
            return Ok(false);
        }
        let previous = self.hash();
        self.set(Some(secret), record.expires_at.since(record.seen_at));
        if let Some(previous) = previous
            && let Err(error) = self.sessions.store.delete_session(&previous).await
        {
            tracing::warn!(cause = error.cause(), "cannot end the previous session of a browser");
        }
        Ok(true)
    }

    /// Renews the secret of the session. The old one is no longer valid, not even for a moment.
    ///
    /// # Errors
    /// `Internal`, `Unavailable`.
    pub async fn renew(&self, now: Timestamp) -> Result<(), AppError> {
        let Some(hash) = self.hash() else { return Ok(()) };
        if let Some((current, record, _)) = self.sessions.store.session(&hash, now).await? {
            self.replace_secret(&current, &used(record, now), false).await?;
        }
        Ok(())
    }

    /// Ends the session and removes its cookie.
    ///
    /// # Errors
    /// `Internal`, `Unavailable`.
    pub async fn end(&self) -> Result<(), AppError> {
        if let Some(hash) = self.hash() {
            self.sessions.store.delete_session(&hash).await?;
        }
        self.set(None, TimeDelta::zero());
        Ok(())
    }

    /// Records the last use. When the database is unavailable, the next request records it.
    async fn record_use(&self, hash: &Hash, record: &SessionRecord) -> Result<(), AppError> {
        let is_current = match self.sessions.store.save_session(hash, record).await {
            Err(error @ AppError::Unavailable(_)) => {
                tracing::warn!(cause = error.cause(), "cannot record the last use of a session");
                true
            }
            saved => saved?,
        };
        // A parallel request may have renewed the secret: its response must not be overtaken by the old one.
        if is_current {
            let secret = self.state().secret;
            self.set(secret, record.expires_at.since(record.seen_at));
        }
        Ok(())
    }

    /// Gives the session a new secret; `None` if it has ended or been renewed meanwhile, because an ended session must stay
    /// ended.
    async fn replace_secret(
        &self,
        hash: &Hash,
        record: &SessionRecord,
        keeps_old: bool,
    ) -> Result<Option<Hash>, AppError> {
        let (secret, new_hash) = new_secret()?;
        if !self.sessions.store.renew_session(hash, &new_hash, record, keeps_old).await? {
            return Ok(None);
        }
        self.set(Some(secret), record.expires_at.since(record.seen_at));
        Ok(Some(new_hash))
    }

    /// Sets the cookie, or removes it.
    fn set(&self, secret: Option<SessionSecret>, max_age: TimeDelta) {
        let set_cookie = Some(set_session_cookie(self.sessions.cookie_name, secret, max_age, self.sessions.is_https));
        *self.state() = CookieState { secret, set_cookie };
    }

    fn hash(&self) -> Option<Hash> {
        self.state().secret.map(|secret| secret::hash(&secret))
    }

    fn state(&self) -> MutexGuard<'_, CookieState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn new_secret() -> Result<(SessionSecret, Hash), AppError> {
    let secret = secret::new_session_secret()?;
    Ok((secret, secret::hash(&secret)))
}

/// A session after it was used.
fn used(record: SessionRecord, now: Timestamp) -> SessionRecord {
    SessionRecord {
        seen_at: now,
        expires_at: now.plus(SESSION_IDLE).min(record.signed_in_at.plus(SESSION_MAX_AGE)),
        ..record
    }
}

impl<S: Sync> FromRequestParts<S> for RequestSession {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        parts.extensions.get().cloned().ok_or_else(|| AppError::internal("there is no session layer"))
    }
}

impl SessionManager {
    #[must_use]
    pub fn new(store: Arc<dyn Store>, url: &PublicUrl) -> Self {
        Self { store, cookie_name: session_cookie(url), is_https: url.is_https() }
    }
}

impl fmt::Debug for SessionManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionManager").field("cookie_name", &self.cookie_name).finish_non_exhaustive()
    }
}

/// Hides the secret.
impl fmt::Debug for RequestSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestSession").finish_non_exhaustive()
    }
}
