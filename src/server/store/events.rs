use async_trait::async_trait;
use serde_json::json;
use sqlx::types::Uuid;

use super::row::{Moment, UserRecord};
use crate::domain::{
    Action, ActorKind, AppError, Change, Event, EventActor, EventUser, ImportId, ListEvents, Profile, Timestamp,
    UserId, diff,
};

/// The audit trail.
#[async_trait]
pub trait Events: Send + Sync {
    /// Records an event that belongs to no other change.
    async fn record_event(&self, event: &EventRecord) -> Result<(), AppError>;

    /// The events of a query, the latest first, up to one more than a page has. `users_only` leaves out
    /// events that did not change a user.
    async fn events(&self, query: &ListEvents, users_only: bool) -> Result<Vec<Event>, AppError>;

    /// The last deletion of each of these users, if the trail still has it.
    async fn deletions(&self, of: &[UserId]) -> Result<Vec<Event>, AppError>;

    /// Deletes up to `limit` of the oldest events before a time. Returns how many.
    async fn prune_events(&self, before: Timestamp, limit: u32) -> Result<u64, AppError>;

    /// Deletes expired sessions and links, and sign-in attempts before `attempts`.
    async fn prune_expired(&self, now: Timestamp, attempts: Timestamp) -> Result<(), AppError>;
}

/// An event to be stored, in the transaction of the change that it records.
#[derive(Debug, Clone)]
pub struct EventRecord {
    pub at: Timestamp,
    pub actor_kind: ActorKind,
    pub actor_id: Option<Uuid>,
    pub address: Option<String>,
    pub request_id: Option<String>,
    pub action: Action,
    pub user: Option<UserId>,
    pub changes: Vec<Change>,
    pub import: Option<ImportId>,
}

impl EventRecord {
    /// The same event, about this user.
    #[must_use]
    pub fn about(self, user: UserId) -> Self {
        Self { user: Some(user), ..self }
    }

    /// Whether it records any change.
    #[must_use]
    pub fn is_change(&self) -> bool {
        !self.changes.is_empty()
    }

    /// The same event with one more change, unless the values are equal.
    #[must_use]
    pub fn changing(mut self, field: &str, from: Option<&str>, to: Option<&str>) -> Self {
        self.changes.extend(Change::between(field, from, to));
        self
    }

    /// The same event with what differs between two profiles.
    #[must_use]
    pub fn changing_profile(mut self, from: &Profile, to: &Profile) -> Self {
        self.changes.extend(diff(from, to));
        self
    }

    /// The same event, as the creation of this user.
    #[must_use]
    pub fn creating(self, user: &UserRecord) -> Self {
        self.about(user.id).changing_profile(&Profile::default(), user.profile())
    }

    /// The same event, as part of an import.
    #[must_use]
    pub fn part_of(self, import: ImportId) -> Self {
        Self { import: Some(import), ..self }
    }

    /// Another action of the same actor at the same time.
    #[must_use]
    pub fn and(&self, action: Action) -> Self {
        Self { action, changes: Vec::new(), ..self.clone() }
    }

    /// The event of revoking a token as a consequence of this one.
    #[must_use]
    pub fn revoking(&self, token: &str) -> Self {
        self.and(Action::TokenRevoked).changing("token", Some(token), None)
    }

    /// The changes as they are stored.
    pub fn changes_json(&self) -> String {
        json!(self.changes.iter().map(|change| (&change.field, &change.from, &change.to)).collect::<Vec<_>>())
            .to_string()
    }
}

/// A row of `events` joined with the current names of its actor and user.
#[derive(Debug)]
pub struct EventRow<M> {
    pub seq: i64,
    pub at: M,
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    pub actor_name: Option<String>,
    pub address: Option<String>,
    pub request_id: Option<String>,
    pub action: String,
    pub user_id: Option<Uuid>,
    pub user_name: Option<String>,
    pub changes: String,
    pub import_id: Option<Uuid>,
}

impl<M: Moment> TryFrom<EventRow<M>> for Event {
    type Error = AppError;

    fn try_from(row: EventRow<M>) -> Result<Self, AppError> {
        Ok(Self {
            seq: row.seq,
            at: row.at.stored()?,
            actor: EventActor {
                kind: row.actor_kind.parse().map_err(AppError::internal)?,
                id: row.actor_id,
                name: row.actor_name,
            },
            address: row.address,
            request_id: row.request_id,
            action: row.action.parse().map_err(AppError::internal)?,
            user: row.user_id.map(|id| EventUser { id: UserId(id), name: row.user_name }),
            changes: changes_of(&row.changes)?,
            import: row.import_id.map(ImportId),
        })
    }
}

/// Parses stored changes.
///
/// # Errors
/// `Internal` when they are not in Rollcall's format.
pub fn changes_of(json: &str) -> Result<Vec<Change>, AppError> {
    let changes: Vec<(String, Option<String>, Option<String>)> =
        serde_json::from_str(json).map_err(AppError::internal)?;
    Ok(changes.into_iter().map(|(field, from, to)| Change { field, from, to }).collect())
}
