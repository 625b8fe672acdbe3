//! Bulk actions: one action on many users, skipping those that refuse it.

use super::{ExpectedVersion, Operation, Users, rules::Rules};
use crate::{
    domain::{AppError, BulkAction, BulkReport, FieldErrors, ListUsers, Refusal, UserId},
    server::services::identity::Actor,
};

impl Users {
    /// Applies an action to each of these users in one transaction. Users that refuse it are skipped.
    ///
    /// # Errors
    /// `Invalid` for too many; `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`: nothing was
    /// changed.
    pub async fn change_each(&self, actor: &Actor, action: BulkAction, ids: &[UserId]) -> Result<BulkReport, AppError> {
        actor.may_write()?;
        if ids.len() > BulkAction::MAX_USERS {
            let message = format!("must be at most {} at once", BulkAction::MAX_USERS);
            return Err(FieldErrors::one("ids", "too_many", message).into());
        }
        let operations: Vec<Operation> = ids.iter().map(|id| operation(action, *id)).collect();
        let each: Vec<&Operation> = operations.iter().collect();
        let _changing = self.changing(&each);
        let (mut transaction, mut rules) = Rules::begin(self, actor, &each).await?;
        let mut report = BulkReport::default();
        for (id, operation) in ids.iter().copied().zip(&operations) {
            let before = rules.known(id).cloned();
            match rules.attempt(&mut *transaction, operation).await? {
                Ok(user) if before.as_ref().is_some_and(|before| before.version != user.version) => {
                    report.changed.push(id);
                }
                Ok(_) => {}
                Err(error) => {
                    let name = before.map(|user| user.profile.name);
                    report.refused.push(Refusal { id, name, reason: error.to_string() });
                }
            }
        }
        transaction.commit().await?;
        Ok(report)
    }

    /// Applies an action to the users of a page. Following the returned cursors to the end applies it to the whole
    /// list.
    ///
    /// # Errors
    /// `Invalid` for a cursor of another list; `Unauthorized`, `Forbidden`, `Unavailable`,
    /// `Internal`: nothing was changed.
    pub async fn change_page(
        &self,
        actor: &Actor,
        action: BulkAction,
        query: &ListUsers,
    ) -> Result<BulkReport, AppError> {
        actor.may_write()?;
        let page = self.list(actor, query).await?;
        let ids: Vec<UserId> = page.items.iter().map(|user| user.id).collect();
        let report = self.change_each(actor, action, &ids).await?;
        Ok(BulkReport { next: page.next, ..report })
    }
}

fn operation(action: BulkAction, id: UserId) -> Operation {
    match action {
        BulkAction::Delete => Operation::Delete { id, expected: ExpectedVersion::Any },
        BulkAction::Restore => Operation::Restore { id, expected: ExpectedVersion::Any },
    }
}
