use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{EventActor, FieldErrors, Timestamp, User, UserId};

/// The role of a user who can sign in. Each role includes the permissions of the previous one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees active users.
    Viewer,
    /// Creates, edits, deletes and restores users; sees deleted users and the history of every user.
    Editor,
    /// Assigns roles, invites users, creates tokens, erases users permanently, reads the audit trail.
    Admin,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Editor, Self::Admin];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// The permissions of the role in a few words for the UI.
    #[must_use]
    pub fn summary(self) -> &'static str {
        match self {
            Self::Viewer => "can see people",
            Self::Editor => "can see and change people",
            Self::Admin => "can change people, roles and tokens, and read the audit trail",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = FieldErrors;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            FieldErrors::one("role", "invalid", format!("must be one of {names}"))
        })
    }
}

/// A user who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
}

/// The permissions of the caller, as far as a page needs them to hide actions that would be refused.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the permissions are independent")]
pub struct Access {
    /// The signed-in user.
    pub member: Option<Member>,
    /// Whether the caller is identified, so that signing in would not help.
    pub is_known: bool,
    pub read: bool,
    pub write: bool,
    pub administer: bool,
}

/// A user as shown on their page, with details for admins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub user: User,
    /// Set for a deleted user.
    pub deletion: Option<Deletion>,
    /// For admins only.
    pub account: Option<AccountStatus>,
}

/// The deletion of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// The actor who deleted the user, if the trail still has the event.
    pub by: Option<EventActor>,
    /// The time at which the user is erased.
    pub until: Timestamp,
    /// The active user that has this user's address now: two active users cannot share one.
    pub holder: Option<User>,
}

/// Whether and how a user can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountStatus {
    /// `None`: no sign-in.
    pub role: Option<Role>,
    /// Whether the user has a password, so that a link would reset it.
    pub has_password: bool,
}
