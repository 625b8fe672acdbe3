use async_trait::async_trait;
use serde_json::json;
use sqlx::{SqlitePool, query, query_as, query_scalar, types::Uuid};

use super::{
    Sqlite,
    changes::begin_changes,
    columns::Row,
    events::insert_events,
    list_users::{list_users, list_users_with_total},
};
use crate::{
    domain::{AppError, ListUsers, Page, Timestamp, User, UserId},
    server::store::{
        Changes, EventRecord, LockedUser, Users,
        batch_loader::Loaded,
        statements::{ensure_admin_besides, revoke_tokens_of},
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
        let mut transaction = self.begin().await?;
        ensure_admin_besides(&mut *transaction, id).await?;
        query!(
            "update events
            set changes = (select coalesce(json_group_array(json_array(value ->> 0, null, null)), '[]') from json_each(changes))
            where user_id = ?",
            id.0
        )
        .execute(&mut *transaction)
        .await?;
        query!(
            "update events set address = null where actor_id = ? or (user_id = ? and actor_kind = 'anonymous')",
            id.0,
            id.0
        )
        .execute(&mut *transaction)
        .await?;
        revoke_tokens_of(&mut *transaction, id, now, event).await?;
        // Deletes the account, sessions and links, too, by foreign keys.
        let erased = query!("delete from users where id = ?", id.0).execute(&mut *transaction).await?;
        if erased.rows_affected() == 0 {
            return Ok(false);
        }
        insert_events(&mut transaction, std::slice::from_ref(event)).await?;
        transaction.commit().await?;
        Ok(true)
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
