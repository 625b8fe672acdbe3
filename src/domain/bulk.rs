use serde::{Deserialize, Serialize};

use super::{Cursor, UserId};

/// An action on many users at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BulkAction {
    Delete,
    Restore,
}

impl BulkAction {
    /// The maximum number of users of one action, which limits how long other writers wait for its transaction.
    pub const MAX_USERS: usize = 100;

    /// The action that undoes this one.
    #[must_use]
    pub fn inverse(self) -> Self {
        match self {
            Self::Delete => Self::Restore,
            Self::Restore => Self::Delete,
        }
    }

    /// The value in a form.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Restore => "restore",
        }
    }

    /// The label in the UI.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Delete => "Delete",
            Self::Restore => "Restore",
        }
    }
}

/// The result of a bulk action.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkReport {
    /// The users that the action changed; users already in the requested state are not included.
    pub changed: Vec<UserId>,
    pub refused: Vec<Refusal>,
    /// The cursor at which the requested list continues; `None` at its end.
    pub next: Option<Cursor>,
}

/// A user that the action could not change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub id: UserId,
    /// `None` if no user has this id.
    pub name: Option<String>,
    pub reason: String,
}
