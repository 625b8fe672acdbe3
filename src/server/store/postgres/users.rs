use async_trait::async_trait;
use sqlx::{query_as, query_scalar};

use super::{Postgres, changes::begin_changes, columns::Row, connection::Connections};
use crate::{
    domain::{AppError, ListUsers, Page, Timestamp, User, UserId},
    server::store::{
        Changes, EventRecord, LockedUser, Users,
        batch_loader::Loaded,
        list_users::{list_users, list_users_with_total},
        users::erase,
    },
};

/// Reads the users with these ids.
pub async fn read_users(pool: Connections, ids: Vec<UserId>) -> Loaded<UserId, Result<User, AppError>> {
    let ids: Vec<_> = ids.into_iter().map(|id| id.0).collect();
    let rows =
        sql!(query_as!(Row, ["select " {user} " from public.users where id = any($1)"], &ids)).fetch_all(&pool).await?;
    Ok(rows.into_iter().map(|row| (UserId(row.id), row.try_into())).collect())
}

#[async_trait]
impl Users for Postgres {
    async fn list(&self, list: &ListUsers) -> Result<Page<User>, AppError> {
        list_users(self, list).await
    }

    async fn list_with_total(&self, list: &ListUsers) -> Result<Page<User>, AppError> {
        list_users_with_total(self, list).await
    }

    async fn get(&self, id: UserId) -> Result<Option<User>, AppError> {
        self.users.get(id).await?.transpose()
    }

    async fn begin_changes(
        &self,
        of: &[UserId],
        serialized: bool,
    ) -> Result<(Box<dyn Changes>, Vec<LockedUser>), AppError> {
        let (changes, locked) = begin_changes(self, of, serialized).await?;
        Ok((Box::new(changes), locked))
    }

    async fn erase(&self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<bool, AppError> {
        erase(self, id, now, event).await
    }

    async fn deleted_before(&self, moment: Timestamp, limit: u32) -> Result<Vec<UserId>, AppError> {
        let ids = query_scalar!(
            "select id from public.users where deleted_at < $1 order by deleted_at limit $2",
            moment.utc(),
            i64::from(limit)
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(ids.into_iter().map(UserId).collect())
    }

    async fn is_empty(&self) -> Result<bool, AppError> {
        let found =
            query_scalar!(r#"select exists (select 1 from public.users) as "found!""#).fetch_one(&self.pool).await?;
        Ok(!found)
    }
}
