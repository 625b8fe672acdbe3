use std::fmt;

use super::Users;
use crate::{
    domain::{Action, AppError, NewUser, User},
    server::{
        auth::Actor,
        store::{self, UserRecord, email_taken},
    },
};

impl Users {
    /// Begins an import, which writes nothing until it is committed.
    ///
    /// # Errors
    /// `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn begin_import(&self, actor: &Actor) -> Result<Import, AppError> {
        actor.may_write()?;
        let transaction = self.store.begin_import().await?;
        Ok(Import { users: self.clone(), actor: actor.clone(), transaction })
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

impl fmt::Debug for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Import").finish_non_exhaustive()
    }
}
