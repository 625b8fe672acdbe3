use async_trait::async_trait;

use super::{EventRecord, UserRecord};
use crate::domain::{AppError, ListUsers, Page, Timestamp, Total, User, UserId};

/// The users.
#[async_trait]
pub trait Users: Send + Sync {
    /// The users of a list, in its order.
    async fn list(&self, query: &ListUsers) -> Result<Page<User>, AppError>;

    /// How many users a list has, counted to the end.
    async fn count(&self, query: &ListUsers) -> Result<Total, AppError>;

    /// How many users a list has, as far as that is quickly known.
    async fn estimate(&self, query: &ListUsers) -> Result<Total, AppError>;

    /// The user with this id, deleted or not.
    async fn get(&self, id: UserId) -> Result<Option<User>, AppError>;

    /// # Errors
    /// `Conflict` on `email` when an active user has the address.
    async fn create(&self, user: &UserRecord, event: &EventRecord) -> Result<(), AppError>;

    /// Writes name, address and their keys over the active user with the record's id and the
    /// version given, which is counted up. `None` when there is no such user in this version.
    ///
    /// # Errors
    /// `Conflict` on `email` when another active user has the address.
    async fn update(&self, user: &UserRecord, version: i64, event: &EventRecord) -> Result<Option<User>, AppError>;

    /// Deletes an active user, who can be restored, and with them their sessions, API tokens and
    /// links for good. Answers whether they were active.
    ///
    /// # Errors
    /// `Conflict` on `role` for the last admin.
    async fn delete(&self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<bool, AppError>;

    /// Restores a deleted user. Answers whether they were deleted.
    ///
    /// # Errors
    /// `Conflict` on `email` when an active user has the address by now.
    async fn restore(&self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<bool, AppError>;

    /// Removes a user, deleted or not, and takes what they were called out of the audit trail.
    /// Answers whether there was one.
    ///
    /// # Errors
    /// `Conflict` on `role` for the last admin.
    async fn erase(&self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<bool, AppError>;

    /// Whether there is no user at all, not even a deleted one.
    async fn is_empty(&self) -> Result<bool, AppError>;

    /// Begins a transaction that takes many users; dropped without a commit, it leaves nothing.
    async fn begin_import(&self) -> Result<Box<dyn Import>, AppError>;
}

/// One import under way.
#[async_trait]
pub trait Import: Send {
    /// Inserts the users whose addresses are free, and answers for each of the batch, in order,
    /// `None` when it was inserted, or the active user who holds its address. Of the events, one
    /// for each user, those of the inserted are written.
    async fn add(&mut self, batch: &[UserRecord], events: &[EventRecord]) -> Result<Vec<Option<User>>, AppError>;

    async fn commit(self: Box<Self>) -> Result<(), AppError>;
}
