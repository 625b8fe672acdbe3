use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Change, ImportId, Timestamp, UserId};

/// One line of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Counted up; the later has the greater.
    pub seq: i64,
    pub at: Timestamp,
    pub actor: EventActor,
    /// The address of the client; for admins only.
    pub address: Option<String>,
    /// The `X-Request-Id`; for admins only.
    pub request_id: Option<String>,
    pub action: Action,
    /// Whom it happened to.
    pub user: Option<EventUser>,
    pub changes: Vec<Change>,
    /// The import that it was part of.
    pub import: Option<ImportId>,
}

/// A stretch of the audit trail, the latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trail {
    pub events: Vec<Event>,
    /// Where it goes on: events before this number. `None` at the end.
    pub next: Option<i64>,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventActor {
    pub kind: ActorKind,
    pub id: Option<Uuid>,
    /// `None` for an erased user, and where the kind says it all.
    pub name: Option<String>,
}

impl EventActor {
    /// For people.
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

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventUser {
    pub id: UserId,
    /// `None` for an erased user.
    pub name: Option<String>,
}

words! {
    ActorKind, "actor" {
        /// Somebody who had not signed in.
        Anonymous = "anonymous",
        User = "user",
        Token = "token",
        /// Whoever runs Rollcall's commands on the machine itself.
        Operator = "operator",
    }
}

words! {
    /// What can happen.
    Action, "action" {
        UserCreated = "user.created",
        UserUpdated = "user.updated",
        UserDeleted = "user.deleted",
        UserRestored = "user.restored",
        /// Gone for good; the trail keeps that it happened.
        UserErased = "user.erased",
        RoleChanged = "role.changed",
        /// An invitation, or a link that resets a password.
        LinkCreated = "link.created",
        PasswordChanged = "password.changed",
        SignedIn = "session.started",
        SignInFailed = "session.refused",
        /// By its own person, or somebody who may.
        SessionEnded = "session.ended",
        TokenCreated = "token.created",
        TokenRevoked = "token.revoked",
        /// A file of people was brought in; what it did to each is told with them.
        ImportApplied = "import.applied",
        ImportUndone = "import.undone",
    }
}

impl Action {
    /// For people.
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
