use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{EventActor, FieldErrors, Timestamp, User, UserId};

/// What somebody who signs in may do; each role may what the one before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees the active users.
    Viewer,
    /// Creates, edits, deletes and restores users; sees deleted ones and everybody's history.
    Editor,
    /// Gives roles, invites, makes tokens, erases for good, reads the audit trail.
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

    /// What the role may do, in a few words for people.
    #[must_use]
    pub fn summary(self) -> &'static str {
        match self {
            Self::Viewer => "sees people",
            Self::Editor => "sees and changes people",
            Self::Admin => "changes people, roles and tokens; reads the audit trail",
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

/// A user who may sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
}

/// What whoever asks may do, as far as a page wants to know: it hides what would be refused.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct Access {
    /// Who is signed in.
    pub member: Option<Member>,
    /// Whether it is known who asks, so that signing in would not help.
    pub is_known: bool,
    pub read: bool,
    pub write: bool,
    pub administer: bool,
}

/// A user as a page shows one, with what an admin may know besides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub user: User,
    /// Of a deleted user.
    pub deletion: Option<Deletion>,
    /// For admins only.
    pub standing: Option<Standing>,
}

/// What became of a deleted user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// Who did it, as far as the trail still knows.
    pub by: Option<EventActor>,
    /// When they are erased for good.
    pub until: Timestamp,
    /// Who has their address meanwhile: two active users cannot.
    pub holder: Option<User>,
}

/// Whether and how a user may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// `None`: may not sign in.
    pub role: Option<Role>,
    /// Whether an invitation was accepted, so that a link would reset the password.
    pub has_password: bool,
}
