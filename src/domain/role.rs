use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::FieldErrors;

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
