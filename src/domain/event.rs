use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ImportId, Timestamp, UserId};

/// One entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// The sequence number: later events have greater ones.
    #[schema(minimum = 1)]
    pub seq: i64,
    /// When it happened.
    pub at: Timestamp,
    /// The user or program that did it.
    pub actor: EventActor,
    /// The client's IP address; for admins only.
    #[schema(required)]
    pub address: Option<String>,
    /// The `X-Request-Id` of the request; for admins only.
    #[schema(required)]
    pub request_id: Option<String>,
    /// What happened.
    pub action: Action,
    /// The affected user.
    #[schema(required)]
    pub user: Option<EventUser>,
    /// The fields it changed.
    pub changes: Vec<Change>,
    /// The import that the event was part of.
    #[schema(required)]
    pub import: Option<ImportId>,
}

/// A page of the audit trail, latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trail {
    pub events: Vec<Event>,
    /// The next page has the events before this number. `None` at the end.
    pub next: Option<i64>,
}

/// The actor of an event: a user or a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventActor {
    /// The kind of actor.
    pub kind: ActorKind,
    /// The id of the user or the token.
    #[schema(required, value_type = Option<String>, format = "uuid")]
    pub id: Option<Uuid>,
    /// The current name; null for an erased user, and for kinds that have no name.
    #[schema(required)]
    pub name: Option<String>,
}

impl EventActor {
    /// The label in the UI.
    #[must_use]
    pub fn title(&self) -> String {
        match (self.kind, &self.name) {
            (ActorKind::User, Some(name)) => name.clone(),
            (ActorKind::User, None) => "an erased person".to_owned(),
            (ActorKind::Token, Some(name)) => format!("the token “{name}”"),
            (ActorKind::Token, None) => "a token".to_owned(),
            (ActorKind::Anonymous, _) => "somebody not signed in".to_owned(),
            (ActorKind::Operator, _) => "the command line".to_owned(),
        }
    }
}

/// The user it happened to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventUser {
    /// The id of the user.
    pub id: UserId,
    /// The current name; null for an erased user.
    #[schema(required)]
    pub name: Option<String>,
}

/// A field with its old and new value; both are null once the user has been erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// The name of the field.
    pub field: String,
    /// The value before.
    #[schema(required)]
    pub from: Option<String>,
    /// The value after.
    #[schema(required)]
    pub to: Option<String>,
}

words! {
    /// A kind of actor: `operator` is the command line, `anonymous` a client that has not signed in.
    ActorKind, "actor" {
        Anonymous = "anonymous",
        User = "user",
        Token = "token",
        Operator = "operator",
    }
}

words! {
    /// A recorded action.
    Action, "action" {
        UserCreated = "user.created",
        UserUpdated = "user.updated",
        UserDeleted = "user.deleted",
        UserRestored = "user.restored",
        /// Permanently erased; the trail keeps the event without personal data.
        UserErased = "user.erased",
        RoleChanged = "role.changed",
        /// An invitation or a password reset link.
        LinkCreated = "link.created",
        PasswordChanged = "password.changed",
        SignedIn = "session.started",
        SignInFailed = "session.refused",
        /// The user ended one or all of their own sessions.
        SessionEnded = "session.ended",
        TokenCreated = "token.created",
        TokenRevoked = "token.revoked",
        /// A file was imported; its effect on each user is a separate event.
        ImportApplied = "import.applied",
        ImportUndone = "import.undone",
    }
}

impl Action {
    /// The label in the UI.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::UserCreated => "Created",
            Self::UserUpdated => "Edited",
            Self::UserDeleted => "Deleted",
            Self::UserRestored => "Restored",
            Self::UserErased => "Erased for good",
            Self::RoleChanged => "Role changed",
            Self::LinkCreated => "Sign-in link made",
            Self::PasswordChanged => "Password set",
            Self::SignedIn => "Signed in",
            Self::SignInFailed => "Sign-in refused",
            Self::SessionEnded => "Signed out",
            Self::TokenCreated => "Token made",
            Self::TokenRevoked => "Token revoked",
            Self::ImportApplied => "File imported",
            Self::ImportUndone => "Import undone",
        }
    }
}
