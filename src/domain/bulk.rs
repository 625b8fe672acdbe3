use serde::{Deserialize, Serialize};

use super::{Cursor, UserId};

/// What can be done to many users at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BulkAction {
    Delete,
    Restore,
}

impl BulkAction {
    /// What takes it back.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Delete => Self::Restore,
            Self::Restore => Self::Delete,
        }
    }

    /// As a form sends it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Restore => "restore",
        }
    }

    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Delete => "Delete",
            Self::Restore => "Restore",
        }
    }
}

/// What became of many users.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkReport {
    /// Who is deleted or restored now and was not before.
    pub changed: Vec<UserId>,
    pub refused: Vec<Refusal>,
    /// Where the list that was asked for goes on.
    pub next: Option<Cursor>,
}

/// Somebody to whom it could not be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub id: UserId,
    /// `None` when there is nobody with this id.
    pub name: Option<String>,
    pub why: String,
}
