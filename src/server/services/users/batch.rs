use super::{Operation, Users, commit, rules::Rules};
use crate::{
    domain::{AppError, FieldErrors, User},
    server::services::identity::Actor,
};

impl Users {
    /// Executes all operations in order, or none. Returns the resulting user of each operation, or its error after all
    /// the others were tried, too. An operation that could not be parsed is passed as its error.
    ///
    /// # Errors
    /// `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`: nothing was changed.
    pub async fn batch(
        &self,
        actor: &Actor,
        operations: &[Result<Operation, FieldErrors>],
    ) -> Result<Vec<Result<User, AppError>>, AppError> {
        actor.may_write()?;
        if let Some(done) = actor.replayed_outcome() {
            return Ok(done.iter().cloned().map(Ok).collect());
        }
        let understood: Vec<&Operation> = operations.iter().filter_map(|operation| operation.as_ref().ok()).collect();
        let _changing = self.changing(&understood);
        let (mut transaction, mut rules) = Rules::begin(self, actor, &understood).await?;
        let mut outcomes = Vec::with_capacity(operations.len());
        for operation in operations {
            outcomes.push(match operation {
                Ok(operation) => rules.attempt(&mut *transaction, operation).await?,
                Err(errors) => Err(errors.clone().into()),
            });
        }
        let done: Vec<User> = outcomes.iter().flatten().cloned().collect();
        if done.len() == operations.len() {
            commit(transaction, actor, &done).await?;
        } else {
            transaction.rollback().await?;
        }
        Ok(outcomes)
    }
}
