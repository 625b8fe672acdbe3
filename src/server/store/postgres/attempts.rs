use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{query, query_as};

use super::Postgres;
use crate::{
    domain::{AppError, Timestamp},
    server::{
        foundation::secret::Hash,
        store::{
            Attempt, AttemptLimits, Attempts,
            attempts::{CountRow, oldest_over_limit},
        },
    },
};

type Count = CountRow<DateTime<Utc>>;

#[async_trait]
impl Attempts for Postgres {
    async fn begin_attempt(
        &self,
        attempt: &Attempt,
        since: Timestamp,
        limits: AttemptLimits,
    ) -> Result<Option<Timestamp>, AppError> {
        let mut transaction = self.begin().await?;
        // Serializes the attempts of a client, so that each counts the earlier ones.
        query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", attempt.client)
            .execute(&mut *transaction)
            .await?;
        let account = attempt.account.as_slice();
        let count = query_as!(
            Count,
            r#"select
                count(*) filter (where account = $1) as "on_account!",
                min(at) filter (where account = $1) as oldest_on_account,
                count(*) as "on_all!",
                min(at) as oldest_on_all
            from public.attempts
            where client = $2 and at > $3"#,
            account,
            attempt.client,
            since.utc()
        )
        .fetch_one(&mut *transaction)
        .await?;
        if let Some(oldest) = oldest_over_limit(count, limits)? {
            return Ok(Some(oldest));
        }
        query!(
            "insert into public.attempts (client, account, at) values ($1, $2, $3)",
            attempt.client,
            account,
            attempt.at.utc()
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(None)
    }

    async fn forgive_attempts(&self, client: &str, account: &Hash) -> Result<(), AppError> {
        let account = account.as_slice();
        query!("delete from public.attempts where client = $1 and account = $2", client, account)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
