use async_trait::async_trait;

use super::{
    Changes, EventRecord, LockedUser,
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
