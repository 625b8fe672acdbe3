use async_trait::async_trait;

use super::{
    EventRecord, KeyedRequest, UserRecord,
    idempotency::outcome_json,
    row::{LockedUserRow, Moment},
    statements::{Statements, Transaction, ensure_admin_besides, revoke_tokens_of},
};
use crate::domain::{AppError, Role, Timestamp, User, UserId};

/// A transaction that changes users; dropped without a commit, it is rolled back.
#[async_trait]
pub trait Changes: Send {
    /// Begins a savepoint; dropped without a commit, it alone is rolled back, and this transaction can
    /// continue.
    async fn savepoint(&mut self) -> Result<Box<dyn Changes + '_>, AppError>;

    /// # Errors
    /// `Conflict` on `email` when an active user has the address.
    async fn create(&mut self, user: &UserRecord, event: &EventRecord) -> Result<(), AppError>;

    /// Updates the active user with the record's id. Optimistic concurrency: `None` when there is no such
    /// user in this version.
    ///
    /// # Errors
    /// `Conflict` on `email` when another active user has the address.
    async fn update(&mut self, user: &UserRecord, version: i64, event: &EventRecord) -> Result<Option<User>, AppError>;

    /// Deletes an active user. The user can be restored; their sessions, API tokens and links cannot. `None` when there
    /// is no such active user.
    ///
    /// # Errors
    /// `Conflict` on `role` for the last admin.
    async fn delete(&mut self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<Option<User>, AppError>;

    /// Restores a deleted user. `None` when there is no such deleted user.
    ///
    /// # Errors
    /// `Conflict` on `email` when an active user has taken the address.
    async fn restore(&mut self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<Option<User>, AppError>;

    /// Saves the outcome of a request with an `Idempotency-Key` in the transaction of its changes. Returns
    /// whether the request still owns its key: if not, the transaction must not be committed.
    async fn save_outcome(&mut self, request: &KeyedRequest, users: &[User]) -> Result<bool, AppError>;

    async fn commit(self: Box<Self>) -> Result<(), AppError>;

    /// Rolls back, and waits until what the transaction read is committed: in a group commit it may have
    /// read uncommitted changes of others. Needed when the answer depends on what was read.
    ///
    /// # Errors
    /// `Unavailable` when those changes were rolled back.
    async fn rollback(self: Box<Self>) -> Result<(), AppError>;
}

/// How a database begins and ends the transaction of `Changes`; what is changed in it is the same on both.
pub trait ChangesTransaction: Transaction {
    /// See `Changes::savepoint`.
    fn savepoint(&mut self) -> impl Future<Output = Result<Box<dyn Changes + '_>, AppError>> + Send;

    /// See `Changes::rollback`.
    fn rollback(self) -> impl Future<Output = Result<(), AppError>> + Send;
}

#[async_trait]
impl<T: ChangesTransaction> Changes for T {
    async fn savepoint(&mut self) -> Result<Box<dyn Changes + '_>, AppError> {
        ChangesTransaction::savepoint(self).await
    }

    async fn create(&mut self, user: &UserRecord, event: &EventRecord) -> Result<(), AppError> {
        self.insert_user(user).await?;
        self.insert_event(event).await
    }

    async fn update(&mut self, user: &UserRecord, version: i64, event: &EventRecord) -> Result<Option<User>, AppError> {
        let updated = self.update_user(user, version).await?;
        if updated.is_some() {
            self.insert_event(event).await?;
        }
        Ok(updated)
    }

    async fn delete(&mut self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<Option<User>, AppError> {
        ensure_admin_besides(&mut **self, id).await?;
        let deleted = self.delete_user(id, now).await?;
        if deleted.is_some() {
            self.delete_sessions(id, None, None).await?;
            self.delete_links(id).await?;
            self.insert_event(event).await?;
            revoke_tokens_of(&mut **self, id, now, event).await?;
        }
        Ok(deleted)
    }

    async fn restore(&mut self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<Option<User>, AppError> {
        let restored = self.restore_user(id, now).await?;
        if restored.is_some() {
            self.insert_event(event).await?;
        }
        Ok(restored)
    }

    async fn save_outcome(&mut self, request: &KeyedRequest, users: &[User]) -> Result<bool, AppError> {
        self.set_outcome(request, &outcome_json(users)?).await
    }

    async fn commit(self: Box<Self>) -> Result<(), AppError> {
        Transaction::commit(*self).await
    }

    async fn rollback(self: Box<Self>) -> Result<(), AppError> {
        ChangesTransaction::rollback(*self).await
    }
}

/// A user who is about to be changed, locked until the transaction ends.
#[derive(Debug, Clone)]
pub struct LockedUser {
    pub user: User,
    /// The role of their account, which a deleted user keeps.
    pub role: Option<Role>,
}

impl<M: Moment> TryFrom<LockedUserRow<M>> for LockedUser {
    type Error = AppError;

    fn try_from(row: LockedUserRow<M>) -> Result<Self, AppError> {
        let (user, (role,)) = row.split()?;
        let role = role.map(|role| role.parse::<Role>().map_err(AppError::internal)).transpose()?;
        Ok(Self { user, role })
    }
}
