//! The service for users, and the only place with rules about them. Pages, REST and the command line call it.

mod batch;
mod browse;
mod bulk;
mod export;
mod operation;
mod rules;

pub use self::{
    export::ExportUsers,
    operation::{ExpectedVersion, Operation},
};

use std::{fmt, sync::Arc};

use chrono::TimeDelta;

use self::rules::Rules;
use super::{
    identity::Actor,
    invalidation::{Epochs, InvalidationGuard},
};
use crate::{
    domain::{
        Action, AppError, Cause, ListUsers, Page, ProfileField, Timestamp, User, UserForm, UserId, UserPatch,
        UserStatus,
    },
    server::{
        foundation::{
            clock::{Clock, Ids},
            limits::TRASH_DAYS,
        },
        store::{Changes, Store},
    },
};

#[derive(Clone)]
pub struct Users {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    epochs: Epochs,
    /// The time during which deleted users can be restored.
    trash: TimeDelta,
}

impl Users {
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        let trash = TimeDelta::days(TRASH_DAYS.into());
        Self { store, clock, ids, epochs: Epochs::default(), trash }
    }

    /// The same service, where deleted users can be restored for this many days.
    #[must_use]
    pub fn with_trash_days(self, days: u32) -> Self {
        Self { trash: TimeDelta::days(days.into()), ..self }
    }

    /// The moment at which a user deleted at `deleted_at` is erased.
    #[must_use]
    pub fn erase_at(&self, deleted_at: Timestamp) -> Timestamp {
        deleted_at.plus(self.trash)
    }

    /// The same service, whose changes invalidate caches.
    #[must_use]
    pub fn with_invalidation(self, epochs: Epochs) -> Self {
        Self { epochs, ..self }
    }

    /// A page of users; deleted ones for actors who may restore them.
    ///
    /// # Errors
    /// `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn list(&self, actor: &Actor, query: &ListUsers) -> Result<Page<User>, AppError> {
        may_list(actor, query)?;
        if query.count { self.store.list_with_total(query).await } else { self.store.list(query).await }
    }

    /// A user; a deleted one for actors who may restore them.
    ///
    /// # Errors
    /// `NotFound`; `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn get(&self, actor: &Actor, id: UserId) -> Result<User, AppError> {
        actor.may_read()?;
        let user = self.store.get(id).await?.filter(|user| user.deleted_at.is_none() || actor.may_write().is_ok());
        user.ok_or_else(AppError::no_such_user)
    }

    /// # Errors
    /// `Invalid`; `Conflict` when an active user has the address; `Unauthorized`, `Forbidden`,
    /// `Unavailable`, `Internal`.
    pub async fn create(&self, actor: &Actor, form: &UserForm) -> Result<User, AppError> {
        actor.may_write()?;
        self.run(actor, &Operation::Create(form.parse()?)).await
    }

    /// Changes the profile of an active user. Optimistic concurrency: fails unless the user still has this
    /// version.
    ///
    /// # Errors
    /// `Invalid`; those of `apply`.
    pub async fn update(&self, actor: &Actor, id: UserId, version: i64, form: &UserForm) -> Result<User, AppError> {
        actor.may_write()?;
        let patch = UserPatch::from(form.parse()?);
        self.run(actor, &Operation::Update { id, expected: version.into(), patch }).await
    }

    /// Deletes a user, who can be restored. Deleting a deleted user changes nothing.
    ///
    /// # Errors
    /// Those of `apply`.
    pub async fn delete(&self, actor: &Actor, id: UserId) -> Result<(), AppError> {
        self.apply(actor, &Operation::Delete { id, expected: ExpectedVersion::Any }).await?;
        Ok(())
    }

    /// Restores a deleted user. Restoring an active user changes nothing.
    ///
    /// # Errors
    /// Those of `apply`.
    pub async fn restore(&self, actor: &Actor, id: UserId) -> Result<User, AppError> {
        self.apply(actor, &Operation::Restore { id, expected: ExpectedVersion::Any }).await
    }

    /// Restores a deleted user with another profile, or changes nothing.
    ///
    /// # Errors
    /// `Invalid`; those of `apply`.
    pub async fn restore_as(&self, actor: &Actor, id: UserId, form: &UserForm) -> Result<(), AppError> {
        actor.may_write()?;
        let (restore, patch) = (Operation::Restore { id, expected: ExpectedVersion::Any }, form.parse()?.into());
        let update = Operation::Update { id, expected: ExpectedVersion::Any, patch };
        self.batch(actor, &[Ok(restore), Ok(update)]).await?.into_iter().find_map(Result::err).map_or(Ok(()), Err)
    }

    /// Executes an operation. Returns the resulting user.
    ///
    /// # Errors
    /// `NotFound`; `Stale` in an unexpected version; `Conflict` on `email` when an active
    /// user has the address, on `role` for the last admin; `Unauthorized`, `Forbidden`,
    /// `Unavailable`, `Internal`.
    pub async fn apply(&self, actor: &Actor, operation: &Operation) -> Result<User, AppError> {
        actor.may_write()?;
        self.run(actor, operation).await
    }

    /// Erases a user for good, with their personal data in the audit trail.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` on `role` for the last admin; `Unauthorized`, `Forbidden`,
    /// `Unavailable`, `Internal`.
    pub async fn erase(&self, actor: &Actor, id: UserId) -> Result<(), AppError> {
        actor.may_manage_access()?;
        let now = self.clock.now()?;
        let _changing = self.epochs.changing(vec![id]);
        let erased = self.store.erase(id, now, &actor.event(Action::UserErased, now).about(id)).await?;
        if erased { Ok(()) } else { Err(AppError::no_such_user()) }
    }

    /// Renames the signed-in user.
    ///
    /// # Errors
    /// `Invalid`; `NotFound`; `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn rename_self(&self, actor: &Actor, name: &str) -> Result<(), AppError> {
        let id = actor.member()?.id;
        let patch = UserPatch::parse(&[(ProfileField::Name, name)])?;
        self.run(actor, &Operation::Update { id, expected: ExpectedVersion::Any, patch }).await?;
        Ok(())
    }

    /// Whether the directory has no users, not even deleted ones.
    ///
    /// # Errors
    /// `Unauthorized`, `Unavailable`, `Internal`.
    pub async fn is_empty(&self, actor: &Actor) -> Result<bool, AppError> {
        actor.may_read()?;
        self.store.is_empty().await
    }

    fn changing(&self, operations: &[&Operation]) -> InvalidationGuard<'_> {
        self.epochs.changing(operations.iter().filter_map(|operation| operation.subject()).collect())
    }

    /// Executes an operation of an actor who was authorized.
    async fn run(&self, actor: &Actor, operation: &Operation) -> Result<User, AppError> {
        if let Some([user]) = actor.replayed_outcome() {
            return Ok(user.clone());
        }
        let _changing = self.changing(&[operation]);
        let (mut transaction, mut rules) = Rules::begin(self, actor, &[operation]).await?;
        let done = rules.apply(&mut *transaction, operation).await;
        match &done {
            Ok(user) => commit(transaction, actor, std::slice::from_ref(user)).await?,
            Err(_) => transaction.rollback().await?,
        }
        done
    }
}

/// Whether an actor may read a list: deleted users are listed only for actors who may restore them.
fn may_list(actor: &Actor, query: &ListUsers) -> Result<(), AppError> {
    actor.may_read()?;
    if query.status == UserStatus::Active { Ok(()) } else { actor.may_write() }
}

/// Commits the outcome of a request with an idempotency key together with its changes.
async fn commit(mut transaction: Box<dyn Changes>, actor: &Actor, users: &[User]) -> Result<(), AppError> {
    if let Some(idempotency) = &actor.idempotency
        && !transaction.save_outcome(&idempotency.request, users).await?
    {
        let cause = "the Idempotency-Key was taken over by a retry of the same request";
        return Err(AppError::Unavailable(Cause::new(cause)));
    }
    transaction.commit().await
}

impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Users").finish_non_exhaustive()
    }
}
