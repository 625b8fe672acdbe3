use serde::{Deserialize, Serialize};

use super::{Page, Timestamp, User};

/// A page of the list of users as somebody looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    pub page: Page<Listed>,
    /// Whether whoever asks may change these users.
    pub may_write: bool,
}

/// A user in such a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub user: User,
    /// What a search found of name and address: ranges of their bytes, in order.
    pub name_marks: Vec<(u32, u32)>,
    pub email_marks: Vec<(u32, u32)>,
    /// Of a deleted user.
    pub trashed: Option<Trashed>,
}

/// How somebody came into the trash, and until when they stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trashed {
    /// Who did it, for people; `None` when the trail does not tell any more.
    pub by: Option<String>,
    pub purge_at: Timestamp,
}
