use async_trait::async_trait;
use sqlx::{query, query_as};

use super::Sqlite;
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

type Count = CountRow<i64>;

#[async_trait]
impl Attempts for Sqlite {
    async fn begin_attempt(
        &self,
        attempt: &Attempt,
        since: Timestamp,
        limits: AttemptLimits,
    ) -> Result<Option<Timestamp>, AppError> {
        let mut transaction = self.begin().await?;
        let (account, since, at) = (attempt.account.as_slice(), since.unix_micros(), attempt.at.unix_micros());
        let count = query_as!(
            Count,
            r#"select
                count(*) filter (where account = ?) as "on_account!: i64",
                min(at) filter (where account = ?) as "oldest_on_account: i64",
                count(*) as "on_all!: i64",
                min(at) as "oldest_on_all: i64"
            from attempts
            where client = ? and at > ?"#,
            account,
            account,
            attempt.client,
            since
        )
        .fetch_one(&mut *transaction)
        .await?;
        if let Some(oldest) = oldest_over_limit(count, limits)? {
            return Ok(Some(oldest));
        }
        query!("insert into attempts (client, account, at) values (?, ?, ?)", attempt.client, account, at)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(None)
    }

    async fn forgive_attempts(&self, client: &str, account: &Hash) -> Result<(), AppError> {
        let account = account.as_slice();
        query!("delete from attempts where client = ? and account = ?", client, account).execute(&self.writer).await?;
        Ok(())
    }
}
