//! The service: the only place with rules about users. The page, REST and the command line call it.

mod batch;
mod browse;
mod bulk;
mod export;
mod operation;
mod rules;

pub use self::{
    export::ExportUsers,
    operation::{Expected, Operation},
};

use std::{fmt, sync::Arc};

use self::rules::Rules;
use super::{
    identity::Actor,
    invalidation::{Changing, Generations},
};
use crate::{
    domain::{Action, AppError, Cause, ListUsers, Page, ProfileField, User, UserForm, UserId, UserPatch, UserStatus},
    server::{
        foundation::clock::{Clock, Ids},
        store::{Changes, Store},
    },
};

#[derive(Clone)]
pub struct Users {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    generations: Generations,
}

impl Users {
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self { store, clock, ids, generations: Generations::default() }
    }

    /// The same, that has its changes counted where others look.
    #[must_use]
    pub fn counted_in(self, generations: Generations) -> Self {
        Self { generations, ..self }
    }

    /// The users of a list; deleted ones for those who may restore them.
    ///
    /// # Errors
    /// `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn list(&self, actor: &Actor, query: &ListUsers) -> Result<Page<User>, AppError> {
        actor.may_read()?;
        if query.status != UserStatus::Active {
            actor.may_write()?;
        }
        let page = self.store.list(query).await?;
        let total = if query.count { Some(self.store.count(query).await?) } else { None };
        Ok(Page { total, ..page })
    }

    /// A user; a deleted one for those who may restore them.
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

    /// Gives an active user another name and address, if they are still as they were when this
    /// version was read.
    ///
    /// # Errors
    /// `Invalid`; those of `apply`.
    pub async fn update(&self, actor: &Actor, id: UserId, version: i64, form: &UserForm) -> Result<User, AppError> {
        actor.may_write()?;
        let patch = UserPatch::from(form.parse()?);
        self.run(actor, &Operation::Update { id, expected: version.into(), patch }).await
    }

    /// Deletes a user, who can be restored. Deleting the deleted changes nothing.
    ///
    /// # Errors
    /// Those of `apply`.
    pub async fn delete(&self, actor: &Actor, id: UserId) -> Result<(), AppError> {
        self.apply(actor, &Operation::Delete { id, expected: Expected::Any }).await?;
        Ok(())
    }

    /// Brings a deleted user back. Restoring the active changes nothing.
    ///
    /// # Errors
    /// Those of `apply`.
    pub async fn restore(&self, actor: &Actor, id: UserId) -> Result<User, AppError> {
        self.apply(actor, &Operation::Restore { id, expected: Expected::Any }).await
    }

    /// Brings a deleted user back under another name and address, or leaves them where they are.
    ///
    /// # Errors
    /// `Invalid`; those of `apply`.
    pub async fn restore_as(&self, actor: &Actor, id: UserId, form: &UserForm) -> Result<(), AppError> {
        actor.may_write()?;
        let (restore, patch) = (Operation::Restore { id, expected: Expected::Any }, form.parse()?.into());
        let update = Operation::Update { id, expected: Expected::Any, patch };
        self.batch(actor, &[Ok(restore), Ok(update)]).await?.into_iter().find_map(Result::err).map_or(Ok(()), Err)
    }

    /// Does an operation. Answers with the user as they are then.
    ///
    /// # Errors
    /// `NotFound`; `Stale` in a version that was not expected; `Conflict` on `email` when an active
    /// user has the address, on `role` for the last admin; `Unauthorized`, `Forbidden`,
    /// `Unavailable`, `Internal`.
    pub async fn apply(&self, actor: &Actor, operation: &Operation) -> Result<User, AppError> {
        actor.may_write()?;
        self.run(actor, operation).await
    }

    /// Removes a user for good, and what they were called from the audit trail.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` on `role` for the last admin; `Unauthorized`, `Forbidden`,
    /// `Unavailable`, `Internal`.
    pub async fn erase(&self, actor: &Actor, id: UserId) -> Result<(), AppError> {
        actor.may_govern()?;
        let now = self.clock.now()?;
        let _changing = self.generations.changing(vec![id]);
        let erased = self.store.erase(id, now, &actor.event(Action::UserErased, now).about(id)).await?;
        if erased { Ok(()) } else { Err(AppError::no_such_user()) }
    }

    /// Gives whoever is signed in another name.
    ///
    /// # Errors
    /// `Invalid`; `NotFound`; `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn rename_self(&self, actor: &Actor, name: &str) -> Result<(), AppError> {
        let id = actor.member()?.id;
        let patch = UserPatch::parse(&[(ProfileField::Name, name)])?;
        self.run(actor, &Operation::Update { id, expected: Expected::Any, patch }).await?;
        Ok(())
    }

    /// Whether nobody is in the directory, not even deleted.
    ///
    /// # Errors
    /// `Unauthorized`, `Unavailable`, `Internal`.
    pub async fn is_empty(&self, actor: &Actor) -> Result<bool, AppError> {
        actor.may_read()?;
        self.store.is_empty().await
    }

    fn changing(&self, operations: &[&Operation]) -> Changing<'_> {
        self.generations.changing(operations.iter().filter_map(|operation| operation.subject()).collect())
    }

    /// Does an operation of somebody who may do such things.
    async fn run(&self, actor: &Actor, operation: &Operation) -> Result<User, AppError> {
        if let Some([user]) = actor.done_before() {
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

/// What a request with a key has done is committed with the changes or not at all.
async fn commit(mut transaction: Box<dyn Changes>, actor: &Actor, users: &[User]) -> Result<(), AppError> {
    if let Some(once) = &actor.once
        && !transaction.save_outcome(&once.request, users).await?
    {
        let cause = "the Idempotency-Key was taken over by the same request, sent again";
        return Err(AppError::Unavailable(Cause::new(cause)));
    }
    transaction.commit().await
}

impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Users").finish_non_exhaustive()
    }
}
