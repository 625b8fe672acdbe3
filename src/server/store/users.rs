use async_trait::async_trait;

use super::{Changes, EventRecord, LockedUser, UserRecord, changes::end};
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

    /// Begins a transaction that changes these users and creates others. Answers with it those of
    /// them that there are, deleted or not: nobody else changes them until it ends. Such transactions
    /// that delete anybody or change more than one user have to take turns.
    async fn begin_changes(
        &self,
        of: &[UserId],
        take_turns: bool,
    ) -> Result<(Box<dyn Changes>, Vec<LockedUser>), AppError>;

    /// `Changes::create` in a transaction of its own.
    async fn create(&self, user: &UserRecord, event: &EventRecord) -> Result<(), AppError> {
        let (mut changes, _) = self.begin_changes(&[], false).await?;
        let created = changes.create(user, event).await;
        end(changes, created).await
    }

    /// `Changes::update` in a transaction of its own.
    async fn update(&self, user: &UserRecord, version: i64, event: &EventRecord) -> Result<Option<User>, AppError> {
        let (mut changes, _) = self.begin_changes(&[user.id], false).await?;
        let updated = changes.update(user, version, event).await;
        end(changes, updated).await
    }

    /// `Changes::delete` in a transaction of its own. Answers whether the user was active.
    async fn delete(&self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<bool, AppError> {
        let (mut changes, _) = self.begin_changes(&[id], true).await?;
        let deleted = changes.delete(id, now, event).await;
        Ok(end(changes, deleted).await?.is_some())
    }

    /// `Changes::restore` in a transaction of its own. Answers whether the user was deleted.
    async fn restore(&self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<bool, AppError> {
        let (mut changes, _) = self.begin_changes(&[id], false).await?;
        let restored = changes.restore(id, now, event).await;
        Ok(end(changes, restored).await?.is_some())
    }

    /// Removes a user, deleted or not, and takes what they were called out of the audit trail.
    /// Answers whether there was one.
    ///
    /// # Errors
    /// `Conflict` on `role` for the last admin.
    async fn erase(&self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<bool, AppError>;

    /// Up to `limit` of the users who were deleted before a moment, the longest ago first.
    async fn deleted_before(&self, moment: Timestamp, limit: u32) -> Result<Vec<UserId>, AppError>;

    /// Whether there is no user at all, not even a deleted one.
    async fn is_empty(&self) -> Result<bool, AppError>;
}
