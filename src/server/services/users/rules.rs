//! The rules for changing users, shared by single changes, batches and bulk actions.

use std::collections::HashMap;

use super::{ExpectedVersion, Operation, Users};
use crate::{
    domain::{Action, AppError, NewUser, Role, Timestamp, User, UserId, UserPatch},
    server::{
        services::identity::Actor,
        store::{Changes, EventRecord, LockedUser, UserRecord},
    },
};

/// Applies the operations of one actor in one transaction.
pub struct Rules<'a> {
    users: &'a Users,
    actor: &'a Actor,
    now: Timestamp,
    /// The locked users in their current state.
    locked: HashMap<UserId, LockedUser>,
}

impl<'a> Rules<'a> {
    /// Begins a transaction for these operations of an authorized actor.
    pub async fn begin(
        users: &'a Users,
        actor: &'a Actor,
        operations: &[&Operation],
    ) -> Result<(Box<dyn Changes>, Self), AppError> {
        let of: Vec<UserId> = operations.iter().filter_map(|operation| operation.subject()).collect();
        let deletes = operations.iter().any(|operation| matches!(operation, Operation::Delete { .. }));
        let (transaction, locked) = users.store.begin_changes(&of, deletes || operations.len() > 1).await?;
        let locked = locked.into_iter().map(|locked| (locked.user.id, locked)).collect();
        Ok((transaction, Self { users, actor, now: users.clock.now()?, locked }))
    }

    /// Applies an operation that the transaction was begun for. Returns the resulting user.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for an admin; `Stale`; `Conflict` on `email` when an active user has
    /// the address, on `role` for the last admin; `Unavailable`, `Internal`.
    pub async fn apply(&mut self, transaction: &mut dyn Changes, operation: &Operation) -> Result<User, AppError> {
        let user = match operation {
            Operation::Create(new) => self.create(transaction, new).await?,
            Operation::Update { id, expected, patch } => self.update(transaction, *id, expected, patch).await?,
            Operation::Delete { id, expected } => self.delete(transaction, *id, expected).await?,
            Operation::Restore { id, expected } => self.restore(transaction, *id, expected).await?,
        };
        if let Some(locked) = self.locked.get_mut(&user.id) {
            locked.user.clone_from(&user);
        }
        Ok(user)
    }

    /// Applies an operation in a savepoint, which is rolled back on failure.
    pub async fn attempt(
        &mut self,
        transaction: &mut dyn Changes,
        operation: &Operation,
    ) -> Result<Result<User, AppError>, AppError> {
        let mut savepoint = transaction.savepoint().await?;
        let outcome = self.apply(&mut *savepoint, operation).await;
        match outcome {
            Ok(_) => savepoint.commit().await?,
            Err(error @ (AppError::Unavailable(_) | AppError::Internal(_))) => return Err(error),
            // Dropping the savepoint rolls it back.
            Err(_) => {}
        }
        Ok(outcome)
    }

    /// A locked user in their current state.
    pub fn known(&self, id: UserId) -> Option<&User> {
        self.locked.get(&id).map(|locked| &locked.user)
    }

    async fn create(&self, transaction: &mut dyn Changes, new: &NewUser) -> Result<User, AppError> {
        let record = UserRecord::new(UserId(self.users.ids.next()), new, self.now);
        let event = self.actor.event(Action::UserCreated, self.now).creating(&record);
        transaction.create(&record, &event).await?;
        Ok(record.to_user())
    }

    async fn update(
        &self,
        transaction: &mut dyn Changes,
        id: UserId,
        expected: &ExpectedVersion,
        patch: &UserPatch,
    ) -> Result<User, AppError> {
        let user = self.subject(id)?;
        if user.deleted_at.is_some() {
            return Err(AppError::no_such_user());
        }
        expected.check(user)?;
        let record = UserRecord::patched(user, patch, self.now);
        let event = self.event(Action::UserUpdated, id).changing_profile(&user.profile, record.profile());
        if !event.is_change() {
            return Ok(user.clone());
        }
        transaction.update(&record, user.version, &event).await?.ok_or(AppError::Stale)
    }

    /// Deleting a deleted user succeeds whatever version was expected (RFC 9110 section 13.1.1).
    async fn delete(
        &self,
        transaction: &mut dyn Changes,
        id: UserId,
        expected: &ExpectedVersion,
    ) -> Result<User, AppError> {
        let user = self.subject(id)?;
        if user.deleted_at.is_some() {
            return Ok(user.clone());
        }
        expected.check(user)?;
        let deleted = transaction.delete(id, self.now, &self.event(Action::UserDeleted, id)).await?;
        deleted.ok_or_else(AppError::no_such_user)
    }

    async fn restore(
        &self,
        transaction: &mut dyn Changes,
        id: UserId,
        expected: &ExpectedVersion,
    ) -> Result<User, AppError> {
        let user = self.subject(id)?;
        if user.deleted_at.is_none() {
            return Ok(user.clone());
        }
        expected.check(user)?;
        let restored = transaction.restore(id, self.now, &self.event(Action::UserRestored, id)).await?;
        restored.ok_or_else(AppError::no_such_user)
    }

    /// A user whom the actor may change.
    fn subject(&self, id: UserId) -> Result<&User, AppError> {
        let locked = self.locked.get(&id).ok_or_else(AppError::no_such_user)?;
        self.ensure_may_change(locked)?;
        Ok(&locked.user)
    }

    /// Only admins may change an admin, deleted or not: an editor could otherwise take over the admin's address or
    /// restore them.
    fn ensure_may_change(&self, user: &LockedUser) -> Result<(), AppError> {
        if user.role == Some(Role::Admin) && self.actor.may_manage_access().is_err() {
            return Err(AppError::Forbidden("Only an admin can change an admin.".to_owned()));
        }
        Ok(())
    }

    fn event(&self, action: Action, user: UserId) -> EventRecord {
        self.actor.event(action, self.now).about(user)
    }
}
