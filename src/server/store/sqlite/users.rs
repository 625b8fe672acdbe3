use async_trait::async_trait;
use serde_json::json;
use sqlx::{SqlitePool, query_as, query_scalar, types::Uuid};

use super::{Sqlite, changes::begin_changes, columns::Row};
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
pub async fn read_users(readers: SqlitePool, ids: Vec<UserId>) -> Loaded<UserId, Result<User, AppError>> {
    let ids = json!(ids.iter().map(|id| id.0.simple()).collect::<Vec<_>>()).to_string();
    let rows = sql!(query_as!(
        Row,
        ["select " {user} " from json_each(?) as ids cross join users on users.id = unhex(ids.value)"],
        ids
    ))
    .fetch_all(&readers)
    .await?;
    Ok(rows.into_iter().map(|row| (UserId(row.id), row.try_into())).collect())
}

#[async_trait]
impl Users for Sqlite {
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
        let (changes, locked) = begin_changes(self, of, serialized && of.len() != 1).await?;
        Ok((Box::new(changes), locked))
    }

    async fn erase(&self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<bool, AppError> {
        erase(self, id, now, event).await
    }

    async fn deleted_before(&self, moment: Timestamp, limit: u32) -> Result<Vec<UserId>, AppError> {
        let moment = moment.unix_micros();
        let ids = query_scalar!(
            r#"select id as "id: Uuid" from users where deleted_at < ? order by deleted_at limit ?"#,
            moment,
            limit
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(ids.into_iter().map(UserId).collect())
    }

    async fn is_empty(&self) -> Result<bool, AppError> {
        let found =
            query_scalar!(r#"select exists (select 1 from users) as "found: bool""#).fetch_one(&self.readers).await?;
        Ok(!found)
    }
}
