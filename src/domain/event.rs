use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Change, ImportId, Timestamp, TokenId, UserId};

/// One entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The sequence number: later events have greater ones.
    pub seq: i64,
    pub at: Timestamp,
    pub actor: EventActor,
    /// The client's IP address; for admins only.
    pub address: Option<String>,
    /// The `X-Request-Id`; for admins only.
    pub request_id: Option<String>,
    pub action: Action,
    /// The affected record; `None` where there is none, as for a refused sign-in.
    pub subject: Option<EventSubject>,
    /// The affected user: the subject itself, or the owner of a token that was revoked with them.
    pub user: Option<EventUser>,
    pub changes: Vec<Change>,
    /// The import that the event was part of.
    pub import: Option<ImportId>,
}

/// A page of the audit trail, latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trail {
    pub events: Vec<Event>,
    /// The next page has the events before this number. `None` at the end.
    pub next: Option<i64>,
}

/// The actor of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventActor {
    pub kind: ActorKind,
    pub id: Option<Uuid>,
    /// `None` for an erased user, and for kinds that have no name.
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
            (ActorKind::Anonymous, _) => "an anonymous visitor".to_owned(),
            (ActorKind::Operator, _) => "the command line".to_owned(),
        }
    }
}

/// The kind and id of the record that an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventSubject {
    pub kind: SubjectKind,
    pub id: Uuid,
}

impl From<UserId> for EventSubject {
    fn from(id: UserId) -> Self {
        Self { kind: SubjectKind::User, id: id.0 }
    }
}

impl From<TokenId> for EventSubject {
    fn from(id: TokenId) -> Self {
        Self { kind: SubjectKind::Token, id: id.0 }
    }
}

impl From<ImportId> for EventSubject {
    fn from(id: ImportId) -> Self {
        Self { kind: SubjectKind::Import, id: id.0 }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventUser {
    pub id: UserId,
    /// `None` for an erased user.
    pub name: Option<String>,
}

text_enum! {
    ActorKind, "actor" {
        /// Not signed in.
        Anonymous = "anonymous",
        User = "user",
        Token = "token",
        /// The command line on the machine itself.
        Operator = "operator",
    }
}

text_enum! {
    /// The kind of an event's subject.
    SubjectKind, "subject" {
        User = "user",
        Token = "token",
        Import = "import",
    }
}

text_enum! {
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
            Self::LinkCreated => "Sign-in link created",
            Self::PasswordChanged => "Password set",
            Self::SignedIn => "Signed in",
            Self::SignInFailed => "Sign-in failed",
            Self::SessionEnded => "Signed out",
            Self::TokenCreated => "Token created",
            Self::TokenRevoked => "Token revoked",
            Self::ImportApplied => "File imported",
            Self::ImportUndone => "Import undone",
        }
    }
}
