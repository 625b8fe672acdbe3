use async_trait::async_trait;
use sqlx::types::Uuid;

use super::{
    EventRecord, KeyedRequest, UserRecord,
    row::{Moment, UserRow},
};
use crate::domain::{AppError, Role, Timestamp, User, UserId};

/// Changes of users in one transaction; dropped without a commit, it leaves nothing.
#[async_trait]
pub trait Changes: Send {
    /// A transaction within this one: dropped without a commit, it alone leaves nothing, and this one
    /// can go on.
    async fn step(&mut self) -> Result<Box<dyn Changes + '_>, AppError>;

    /// # Errors
    /// `Conflict` on `email` when an active user has the address.
    async fn create(&mut self, user: &UserRecord, event: &EventRecord) -> Result<(), AppError>;

    /// Writes name, address and their keys over the active user with the record's id and the
    /// version given, which is counted up. `None` when there is no such user in this version.
    ///
    /// # Errors
    /// `Conflict` on `email` when another active user has the address.
    async fn update(&mut self, user: &UserRecord, version: i64, event: &EventRecord) -> Result<Option<User>, AppError>;

    /// Deletes an active user, who can be restored, and with them their sessions, API tokens and
    /// links for good. `None` when they were not active.
    ///
    /// # Errors
    /// `Conflict` on `role` for the last admin.
    async fn delete(&mut self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<Option<User>, AppError>;

    /// Restores a deleted user. `None` when they were not deleted.
    ///
    /// # Errors
    /// `Conflict` on `email` when an active user has the address by now.
    async fn restore(&mut self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<Option<User>, AppError>;

    /// Keeps with the changes what they were for a request with an `Idempotency-Key`. Answers whether
    /// it has its key still: if another has taken it over, this must not be committed.
    async fn keep_outcome(&mut self, request: &KeyedRequest, users: &[User]) -> Result<bool, AppError>;

    async fn commit(self: Box<Self>) -> Result<(), AppError>;

    /// Leaves nothing. Whoever answers by what was read in the transaction waits for this: it may be
    /// what others have written and not committed yet.
    ///
    /// # Errors
    /// `Unavailable` when that came to nothing.
    async fn rollback(self: Box<Self>) -> Result<(), AppError>;
}

/// Commits what went well; of what did not, nothing is left.
///
/// # Errors
/// The error that it was done with; those of `commit` and `rollback`.
pub async fn end<T>(changes: Box<dyn Changes>, outcome: Result<T, AppError>) -> Result<T, AppError> {
    match outcome {
        Ok(_) => changes.commit().await?,
        Err(_) => changes.rollback().await?,
    }
    outcome
}

/// Somebody who is about to be changed.
#[derive(Debug, Clone)]
pub struct LockedUser {
    pub user: User,
    /// As what they may sign in themselves; kept while they are deleted.
    pub role: Option<Role>,
}

/// A row of `users` with the role of its account.
#[derive(Debug)]
pub struct LockedUserRow<M> {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub version: i64,
    pub created_at: M,
    pub updated_at: M,
    pub deleted_at: Option<M>,
    pub role: Option<String>,
}

impl<M: Moment> TryFrom<LockedUserRow<M>> for LockedUser {
    type Error = AppError;

    fn try_from(row: LockedUserRow<M>) -> Result<Self, AppError> {
        let LockedUserRow { id, name, email, version, created_at, updated_at, deleted_at, role } = row;
        let user = User::try_from(UserRow { id, name, email, version, created_at, updated_at, deleted_at })?;
        let role = role.map(|role| role.parse::<Role>().map_err(AppError::internal)).transpose()?;
        Ok(Self { user, role })
    }
}
