//! The service: the only place with rules about users. The page, REST and the command line call it.

use std::{fmt, sync::Arc};

use super::{
    Clock, Ids,
    auth::Actor,
    store::{self, Store, UserRecord, email_taken},
};
use crate::domain::{Action, AppError, ListUsers, NewUser, Page, Role, User, UserForm, UserId, UserStatus};

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

    /// The same with an estimate of the whole, as a page shows it.
    ///
    /// # Errors
    /// `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn look(&self, actor: &Actor, query: &ListUsers) -> Result<Page<User>, AppError> {
        let page = self.list(actor, query).await?;
        let total = match page.total {
            Some(total) => total,
            None => self.store.estimate(query).await?,
        };
        Ok(Page { total: Some(total), ..page })
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
        let event = actor.event(Action::UserCreated, record.updated_at).creating(&record);
        self.store.create(&record, &event).await?;
        Ok(record.to_user())
    }

    /// Gives an active user another name and address, if they are still as they were when this
    /// version was read.
    ///
    /// # Errors
    /// `NotFound`; `Invalid`; `Stale` when somebody else was faster; `Conflict` when another
    /// active user has the address; `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn update(&self, actor: &Actor, id: UserId, version: i64, form: &UserForm) -> Result<User, AppError> {
        actor.may_write()?;
        let new = form.parse()?;
        let active = self.store.get(id).await?.filter(|user| user.deleted_at.is_none());
        let user = active.ok_or_else(AppError::no_such_user)?;
        self.ensure_may_change(actor, id).await?;
        if user.version != version {
            return Err(AppError::Stale);
        }
        let record = UserRecord::new(id, &new, self.clock.now()?);
        let event = actor.event(Action::UserUpdated, record.updated_at).about(id);
        let event = event.changing("name", Some(&user.name), Some(&record.name));
        let event = event.changing("email", Some(&user.email), Some(&record.email));
        if event.changes.is_empty() {
            return Ok(user);
        }
        self.store.update(&record, version, &event).await?.ok_or(AppError::Stale)
    }

    /// Deletes a user, who can be restored. Deleting the deleted changes nothing.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` on `role` for the last admin; `Unauthorized`, `Forbidden`,
    /// `Unavailable`, `Internal`.
    pub async fn delete(&self, actor: &Actor, id: UserId) -> Result<(), AppError> {
        actor.may_write()?;
        self.ensure_may_change(actor, id).await?;
        let now = self.clock.now()?;
        let deleted = self.store.delete(id, now, &actor.event(Action::UserDeleted, now).about(id)).await?;
        if deleted || self.store.get(id).await?.is_some() { Ok(()) } else { Err(AppError::no_such_user()) }
    }

    /// Brings a deleted user back. Restoring the active changes nothing.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` on `email` when an active user has the address by now;
    /// `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn restore(&self, actor: &Actor, id: UserId) -> Result<User, AppError> {
        actor.may_write()?;
        self.ensure_may_change(actor, id).await?;
        let now = self.clock.now()?;
        self.store.restore(id, now, &actor.event(Action::UserRestored, now).about(id)).await?;
        self.store.get(id).await?.ok_or_else(AppError::no_such_user)
    }

    /// Removes a user for good, and what they were called from the audit trail.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` on `role` for the last admin; `Unauthorized`, `Forbidden`,
    /// `Unavailable`, `Internal`.
    pub async fn erase(&self, actor: &Actor, id: UserId) -> Result<(), AppError> {
        actor.may_govern()?;
        let now = self.clock.now()?;
        let erased = self.store.erase(id, now, &actor.event(Action::UserErased, now).about(id)).await?;
        if erased { Ok(()) } else { Err(AppError::no_such_user()) }
    }

    /// Gives whoever is signed in another name.
    ///
    /// # Errors
    /// `Invalid`; `Stale`; `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn rename_self(&self, actor: &Actor, name: &str) -> Result<(), AppError> {
        let member = actor.member()?;
        let user = self.store.get(member.id).await?.ok_or(AppError::Unauthorized)?;
        let new = UserForm { name: name.to_owned(), email: user.email }.parse()?;
        let record = UserRecord::new(user.id, &new, self.clock.now()?);
        let event = actor.event(Action::UserUpdated, record.updated_at).about(user.id);
        let event = event.changing("name", Some(&user.name), Some(&record.name));
        if !event.changes.is_empty() {
            self.store.update(&record, user.version, &event).await?.ok_or(AppError::Stale)?;
        }
        Ok(())
    }

    /// Nobody but an admin in person changes an admin, deleted or not: an editor could take their
    /// place or bring them back otherwise.
    async fn ensure_may_change(&self, actor: &Actor, id: UserId) -> Result<(), AppError> {
        if actor.may_govern().is_ok() {
            return Ok(());
        }
        match self.store.role(id).await? {
            Some(Role::Admin) => Err(AppError::Forbidden("Only an admin may change an admin.".to_owned())),
            _ => Ok(()),
        }
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
        let transaction = self.store.begin_import().await?;
        Ok(Import { users: self.clone(), actor: actor.clone(), transaction })
    }

    fn record(&self, user: &NewUser) -> Result<UserRecord, AppError> {
        Ok(UserRecord::new(self.ids.next(), user, self.clock.now()?))
    }
}

/// Many users in one transaction.
pub struct Import {
    users: Users,
    actor: Actor,
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
        let event = |user: &UserRecord| self.actor.event(Action::UserCreated, user.updated_at).creating(user);
        let events: Vec<_> = records.iter().map(event).collect();
        let holders = self.transaction.add(&records, &events).await?;
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
