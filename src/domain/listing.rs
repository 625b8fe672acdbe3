use serde::{Deserialize, Serialize};

use super::{AccountStatus, EventActor, Page, Timestamp, User};

/// A page of users with the caller's permissions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    pub page: Page<ListedUser>,
    /// Whether the caller may change these users.
    pub may_write: bool,
}

/// A user in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedUser {
    pub user: User,
    /// The search matches in the name: byte ranges, in order. `email_marks` holds those in the address.
    pub name_marks: Vec<(u32, u32)>,
    pub email_marks: Vec<(u32, u32)>,
    /// Set for a deleted user.
    pub trashed: Option<TrashDetails>,
}

/// Details of a user in the trash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashDetails {
    /// The name of the actor who deleted the user; `None` when the trail no longer has it.
    pub by: Option<String>,
    /// The time at which the user is erased.
    pub erase_at: Timestamp,
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
    pub erase_at: Timestamp,
    /// The active user that has this user's address now: two active users cannot share one.
    pub holder: Option<User>,
}
