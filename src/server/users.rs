//! The service: the only place with rules about users. The page, REST and the command line call it.

use std::{fmt, sync::Arc};

use super::{
    Clock, Ids,
    auth::Actor,
    store::{self, Store, UserRecord, email_taken},
};
use crate::domain::{AppError, ListUsers, NewUser, Page, User, UserForm, UserId};

#[derive(Clone)]
pub struct Users {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl Users {
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self { store, clock, ids }
    }

    /// # Errors
    /// `Unauthorized`, `Unavailable`, `Internal`.
    pub async fn list(&self, actor: &Actor, query: &ListUsers) -> Result<Page<User>, AppError> {
        actor.may_read()?;
        self.store.list(query).await
    }

    /// # Errors
    /// `NotFound`, also for the deleted; `Unauthorized`, `Unavailable`, `Internal`.
    pub async fn get(&self, actor: &Actor, id: UserId) -> Result<User, AppError> {
        actor.may_read()?;
        let active = self.store.get(id).await?.filter(|user| user.deleted_at.is_none());
        active.ok_or_else(AppError::no_such_user)
    }

    /// # Errors
    /// `Invalid`; `Conflict` when an active user has the address; `Unauthorized`, `Unavailable`,
    /// `Internal`.
    pub async fn create(&self, actor: &Actor, form: &UserForm) -> Result<User, AppError> {
        actor.may_write()?;
        let record = self.record(&form.parse()?)?;
        self.store.create(&record).await?;
        Ok(record.to_user())
    }

    /// Whether nobody is in the directory, not even deleted.
    ///
    /// # Errors
    /// `Unauthorized`, `Unavailable`, `Internal`.
    pub async fn is_empty(&self, actor: &Actor) -> Result<bool, AppError> {
        actor.may_read()?;
        self.store.is_empty().await
    }

    /// Begins an import, which writes nothing until it is committed.
    ///
    /// # Errors
    /// `Unauthorized`, `Unavailable`, `Internal`.
    pub async fn begin_import(&self, actor: &Actor) -> Result<Import, AppError> {
        actor.may_write()?;
        Ok(Import { users: self.clone(), transaction: self.store.begin_import().await? })
    }

    fn record(&self, user: &NewUser) -> Result<UserRecord, AppError> {
        Ok(UserRecord::new(self.ids.next(), user, self.clock.now()?))
    }
}

/// Many users in one transaction.
pub struct Import {
    users: Users,
    transaction: Box<dyn store::Import>,
}

impl Import {
    /// How many users to hand over at once: enough to hide the trip to the database, few enough to
    /// stay small.
    pub const BATCH: usize = 1_000;

    /// Adds those who are not there yet. Answers for each, in order, whether it was created, is
    /// there already and equal (`Ok(false)`), or why it cannot be.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the import is over.
    pub async fn add(&mut self, batch: &[NewUser]) -> Result<Vec<Result<bool, AppError>>, AppError> {
        let records = batch.iter().map(|user| self.users.record(user)).collect::<Result<Vec<_>, _>>()?;
        let holders = self.transaction.add(&records).await?;
        let outcome = |(new, holder): (&NewUser, Option<User>)| match holder {
            None => Ok(true),
            Some(user) if is_same(new, &user) => Ok(false),
            Some(_) => Err(email_taken()),
        };
        Ok(batch.iter().zip(holders).map(outcome).collect())
    }

    /// # Errors
    /// `Unavailable`, `Internal`: nothing was written.
    pub async fn commit(self) -> Result<(), AppError> {
        self.transaction.commit().await
    }
}

fn is_same(new: &NewUser, user: &User) -> bool {
    new.name().as_str() == user.name
        && new.email().as_str() == user.email
        && new.created_at().is_none_or(|created_at| created_at == user.created_at)
}

impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Users").finish_non_exhaustive()
    }
}

impl fmt::Debug for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Import").finish_non_exhaustive()
    }
}
