use async_trait::async_trait;

use super::{
    Changes, EventRecord, LockedUser, UserRecord,
    changes::end,
    statements::{Database, Statements, Transaction, ensure_admin_besides, revoke_tokens_of},
};
use crate::domain::{AppError, ListUsers, Page, Timestamp, User, UserId};

#[async_trait]
pub trait Users: Send + Sync {
    /// A page of the users of a list, by keyset pagination.
    async fn list(&self, query: &ListUsers) -> Result<Page<User>, AppError>;

    /// The same page with the total of the whole list: exact if the query asks for that, else estimated if counting takes
    /// long.
    async fn list_with_total(&self, query: &ListUsers) -> Result<Page<User>, AppError>;

    /// The user with this id, deleted or not.
    async fn get(&self, id: UserId) -> Result<Option<User>, AppError>;

    /// Begins a transaction that changes these users or creates others, and locks those that exist, deleted or not.
    /// Transactions that delete users or change more than one are serialized.
    async fn begin_changes(
        &self,
        of: &[UserId],
        serialized: bool,
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

    /// `Changes::delete` in a transaction of its own. Returns whether the user was active.
    async fn delete(&self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<bool, AppError> {
        let (mut changes, _) = self.begin_changes(&[id], true).await?;
        let deleted = changes.delete(id, now, event).await;
        Ok(end(changes, deleted).await?.is_some())
    }

    /// `Changes::restore` in a transaction of its own. Returns whether the user was deleted.
    async fn restore(&self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<bool, AppError> {
        let (mut changes, _) = self.begin_changes(&[id], false).await?;
        let restored = changes.restore(id, now, event).await;
        Ok(end(changes, restored).await?.is_some())
    }

    /// Erases a user, deleted or not, and removes their personal data from the audit trail. Returns whether
    /// there was one.
    ///
    /// # Errors
    /// `Conflict` on `role` for the last admin.
    async fn erase(&self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<bool, AppError>;

    /// Up to `limit` of the users who were deleted before a time, the earliest first.
    async fn deleted_before(&self, moment: Timestamp, limit: u32) -> Result<Vec<UserId>, AppError>;

    /// Whether there are no users, not even deleted ones.
    async fn is_empty(&self) -> Result<bool, AppError>;
}

/// `Users::erase` for each database.
pub async fn erase(
    database: &impl Database,
    id: UserId,
    now: Timestamp,
    event: &EventRecord,
) -> Result<bool, AppError> {
    let mut transaction = database.begin().await?;
    ensure_admin_besides(&mut *transaction, id).await?;
    transaction.redact_events(id).await?;
    revoke_tokens_of(&mut *transaction, id, now, event).await?;
    if !transaction.erase_user(id).await? {
        return Ok(false);
    }
    transaction.insert_event(event).await?;
    transaction.commit().await?;
    Ok(true)
}
