use async_trait::async_trait;
use serde_json::json;
use sqlx::types::Uuid;

use super::row::{Moment, UserRecord};
use crate::domain::{
    Action, ActorKind, AppError, Change, Event, EventActor, EventSubject, EventUser, FieldErrors, ImportId, ListEvents,
    Profile, Timestamp, TokenId, UserId, diff,
};

/// The audit trail.
#[async_trait]
pub trait Events: Send + Sync {
    /// The events of a query, the latest first, up to one more than a page has. `users_only` omits events that did not
    /// change a user.
    async fn events(&self, query: &ListEvents, users_only: bool) -> Result<Vec<Event>, AppError>;

    /// The last deletion of each of these users, if the trail still has it.
    async fn deletions(&self, of: &[UserId]) -> Result<Vec<Event>, AppError>;

    /// Deletes up to `limit` of the oldest events before a time. Returns their number.
    async fn prune_events(&self, before: Timestamp, limit: u32) -> Result<u64, AppError>;
}

/// An event to be stored in the transaction of the change that it records.
#[derive(Debug, Clone)]
pub struct EventRecord {
    pub at: Timestamp,
    pub actor_kind: ActorKind,
    pub actor_id: Option<Uuid>,
    pub address: Option<String>,
    pub request_id: Option<String>,
    pub action: Action,
    pub subject: Option<EventSubject>,
    /// The affected user, whose history the event is part of.
    pub user: Option<UserId>,
    pub changes: Vec<Change>,
    pub import: Option<ImportId>,
}

impl EventRecord {
    /// The same event, about this user.
    #[must_use]
    pub fn about(self, user: UserId) -> Self {
        Self { subject: Some(user.into()), user: Some(user), ..self }
    }

    /// The same event, about this token.
    #[must_use]
    pub fn about_token(self, token: TokenId) -> Self {
        Self { subject: Some(token.into()), ..self }
    }

    /// The same event, about this import.
    #[must_use]
    pub fn about_import(self, import: ImportId) -> Self {
        Self { subject: Some(import.into()), import: Some(import), ..self }
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

    /// The same event with the difference between two profiles.
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

    /// Another action of the same actor at the same time.
    #[must_use]
    pub fn and(&self, action: Action) -> Self {
        Self { action, changes: Vec::new(), ..self.clone() }
    }

    /// The event of revoking a token as a consequence of this one.
    #[must_use]
    pub fn revoking(&self, token: TokenId, name: &str) -> Self {
        self.and(Action::TokenRevoked).about_token(token).changing("token", Some(name), None)
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
    pub subject_kind: Option<String>,
    pub subject_id: Option<Uuid>,
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
            subject: subject_of(row.subject_kind.as_deref(), row.subject_id).map_err(AppError::internal)?,
            user: row.user_id.map(|id| EventUser { id: UserId(id), name: row.user_name }),
            changes: changes_of(&row.changes)?,
            import: row.import_id.map(ImportId),
        })
    }
}

/// Parses a stored subject.
///
/// # Errors
/// `Invalid` for a kind that only a later version of Rollcall knows.
pub fn subject_of(kind: Option<&str>, id: Option<Uuid>) -> Result<Option<EventSubject>, FieldErrors> {
    kind.zip(id).map(|(kind, id)| Ok(EventSubject { kind: kind.parse()?, id })).transpose()
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
