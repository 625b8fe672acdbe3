//! Sessions: tower-sessions over our own store, so that they live in the database.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use axum::{
    extract::Request,
    http::{HeaderValue, header},
    response::Response,
};
use chrono::TimeDelta;
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::{SameSite, time},
    session::{Id, Record},
    session_store::{Error, Result},
};
use uuid::Uuid;

use super::boxed::Next;
use crate::{
    domain::{AppError, Cause, Member, Timestamp},
    server::{
        foundation::{
            clock::Clock,
            limits::{SESSION_IDLE, SESSION_LASTS},
            public_url::PublicUrl,
            secret::{self, Hash},
        },
        http::cookies::session_cookie,
        services::identity::Actor,
        store::{SessionRecord, Store},
    },
};

/// How often the last use of a session is recorded.
const RECORD_INTERVAL: TimeDelta = TimeDelta::minutes(1);

/// The key of the session record.
const KEY: &str = "session";
/// The key of the member, as loaded for this request; the store never writes it.
const MEMBER: &str = "member";

/// The layer that reads and writes the session cookie. Behind TLS no other host can set the cookie
/// (`__Host-`, RFC 6265bis section 4.1.3.2).
pub fn layer(store_adapter: SessionStoreAdapter, url: &PublicUrl) -> SessionManagerLayer<SessionStoreAdapter> {
    SessionManagerLayer::new(store_adapter)
        .with_name(session_cookie(url))
        .with_secure(url.is_https())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
}

/// Middleware: loads the session of a request. API requests with a token have none.
pub async fn load(layer: Arc<SessionManagerLayer<SessionStoreAdapter>>, request: Request, next: Next) -> Response {
    if request.headers().contains_key(header::AUTHORIZATION) && request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    next.through(&*layer, request).await
}

/// The header that removes the cookie. The layer's own removal lacks attributes that browsers require of a `__Host-`
/// cookie.
pub fn removal(url: &PublicUrl) -> HeaderValue {
    if url.is_https() {
        HeaderValue::from_static("__Host-rollcall=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
    } else {
        HeaderValue::from_static("rollcall=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
    }
}

/// Signs a member in, always with a new session secret, whatever the browser sent. `id` identifies the session in the
/// member's list of sessions.
///
/// # Errors
/// `Internal`, `Unavailable`.
pub async fn start(
    session: &Session,
    id: Uuid,
    member: &Member,
    actor: &Actor,
    agent: Option<String>,
    now: Timestamp,
) -> std::result::Result<(), AppError> {
    if session.id().is_some() {
        session.cycle_id().await.map_err(unavailable)?;
    }
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
    keep(session, &record).await?;
    // Saved here, where a failure can still be reported as 503: the layer would answer 500.
    session.save().await.map_err(unavailable)
}

/// The member who is signed in with this session, if any. Records that the session was used, and renews its id when the
/// role has changed.
///
/// # Errors
/// `Internal`, `Unavailable`.
pub async fn member(
    session: &Session,
    now: Timestamp,
    is_used: bool,
) -> std::result::Result<Option<(Member, Hash)>, AppError> {
    if session.id().is_none() {
        return Ok(None);
    }
    let Some(mut record) = session.get::<SessionRecord>(KEY).await.map_err(unavailable)? else {
        return Ok(None);
    };
    let Some(member) = session.get::<Member>(MEMBER).await.map_err(unavailable)? else {
        return Ok(None);
    };
    let has_other_role = member.role != record.role;
    if has_other_role {
        session.cycle_id().await.map_err(unavailable)?;
        record.role = member.role;
    }
    if has_other_role || is_used && record.seen_at.plus(RECORD_INTERVAL) <= now {
        record.seen_at = now;
        record.expires_at = now.plus(SESSION_IDLE).min(record.signed_in_at.plus(SESSION_LASTS));
        keep(session, &record).await?;
    }
    if has_other_role {
        // A session has its new id only after it was saved.
        session.save().await.map_err(unavailable)?;
    }
    Ok(session.id().map(|id| (member, hash_of(id))))
}

async fn keep(session: &Session, record: &SessionRecord) -> std::result::Result<(), AppError> {
    session.set_expiry(Some(Expiry::AtDateTime(expiry(record))));
    session.insert(KEY, record).await.map_err(unavailable)
}

/// When a session ends, in the type of tower-sessions. Nothing else in Rollcall uses the `time` crate.
fn expiry(record: &SessionRecord) -> time::OffsetDateTime {
    time::OffsetDateTime::UNIX_EPOCH + time::Duration::microseconds(record.expires_at.unix_micros())
}

/// Errors of the store can be retried; others are internal.
fn unavailable(error: tower_sessions::session::Error) -> AppError {
    match error {
        tower_sessions::session::Error::Store(Error::Backend(_)) => AppError::Unavailable(Cause::new(error)),
        other => AppError::internal(other),
    }
}

fn hash_of(id: Id) -> Hash {
    secret::hash(&id.0.to_le_bytes())
}

/// Implements tower-sessions' store over ours, which holds only the hash of a session id.
#[derive(Clone)]
pub struct SessionStoreAdapter {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl SessionStoreAdapter {
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }
}

#[async_trait]
impl SessionStore for SessionStoreAdapter {
    async fn create(&self, record: &mut Record) -> Result<()> {
        match of_data(record)? {
            Some(session) => self.store.create_session(&hash_of(record.id), &session).await.map_err(backend),
            None => Ok(()),
        }
    }

    /// Records that a session was used. The request has been handled by then, so when the database is unavailable the
    /// next request records it.
    async fn save(&self, record: &Record) -> Result<()> {
        let Some(session) = of_data(record)? else { return Ok(()) };
        match self.store.save_session(&hash_of(record.id), &session).await {
            Err(error @ AppError::Unavailable(_)) => {
                tracing::warn!(cause = error.cause(), "cannot record the last use of a session");
                Ok(())
            }
            saved => saved.map_err(backend),
        }
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = self.clock.now().map_err(backend)?;
        let Some((session, member)) = self.store.session(&hash_of(*id), now).await.map_err(backend)? else {
            return Ok(None);
        };
        let values = [(KEY, serde_json::to_value(&session)), (MEMBER, serde_json::to_value(&member))];
        let data =
            values.into_iter().map(|(key, value)| Ok((key.to_owned(), value?))).collect::<serde_json::Result<_>>();
        let data = data.map_err(|error| Error::Encode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date: expiry(&session) }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.store.delete_session(&hash_of(*id)).await.map_err(backend)
    }
}

fn of_data(record: &Record) -> Result<Option<SessionRecord>> {
    let value = record.data.get(KEY).cloned();
    value.map(serde_json::from_value).transpose().map_err(|error| Error::Decode(error.to_string()))
}

fn backend(error: AppError) -> Error {
    Error::Backend(format!("{error:?}"))
}

impl fmt::Debug for SessionStoreAdapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionStoreAdapter").finish_non_exhaustive()
    }
}
