use async_trait::async_trait;
use serde_json::json;
use sqlx::{Acquire, Sqlite as Database, Transaction, query, query_as, types::Uuid};

use super::{
    Sqlite,
    accounts::ensure_admin_besides,
    events::insert_events,
    idempotency::keep_outcome,
    tokens::revoke_tokens_of,
    users::{Row, insert_user, update_user},
};
use crate::{
    domain::{AppError, Timestamp, User, UserId},
    server::store::{
        Changes, EventRecord, KeyedRequest, Subject,
        changes::SubjectRow,
        idempotency::outcome_json,
        row::{UserRecord, unless_taken},
    },
};

type LockedRow = SubjectRow<i64>;

/// A transaction that changes users, or a savepoint within one.
pub struct SqliteChanges<'c>(Transaction<'c, Database>);

/// The one writer's transaction is the turn that everybody takes.
pub async fn begin_changes(store: &Sqlite, of: &[UserId]) -> Result<(SqliteChanges<'static>, Vec<Subject>), AppError> {
    let mut transaction = store.begin().await?;
    if of.is_empty() {
        return Ok((SqliteChanges(transaction), Vec::new()));
    }
    let ids = json!(of.iter().map(|id| id.0.simple()).collect::<Vec<_>>()).to_string();
    let rows = query_as!(
        LockedRow,
        r#"select id as "id: Uuid", name, email, version, created_at, updated_at, deleted_at,
            (select role from accounts where user_id = users.id) as "role?: String"
        from users
        where id in (select unhex(value) from json_each(?))"#,
        ids
    )
    .fetch_all(&mut *transaction)
    .await?;
    let subjects = rows.into_iter().map(Subject::try_from).collect::<Result<_, _>>()?;
    Ok((SqliteChanges(transaction), subjects))
}

#[async_trait]
impl Changes for SqliteChanges<'_> {
    async fn step(&mut self) -> Result<Box<dyn Changes + '_>, AppError> {
        Ok(Box::new(SqliteChanges(self.0.begin().await?)))
    }

    async fn create(&mut self, user: &UserRecord, event: &EventRecord) -> Result<(), AppError> {
        insert_user(&mut self.0, user).await?;
        insert_events(&mut self.0, std::slice::from_ref(event)).await
    }

    async fn update(&mut self, user: &UserRecord, version: i64, event: &EventRecord) -> Result<Option<User>, AppError> {
        let row = update_user(&mut self.0, user, version).await?;
        if row.is_some() {
            insert_events(&mut self.0, std::slice::from_ref(event)).await?;
        }
        row.map(User::try_from).transpose()
    }

    async fn delete(&mut self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<Option<User>, AppError> {
        ensure_admin_besides(&mut self.0, id).await?;
        let at = now.unix_micros();
        let row = query_as!(
            Row,
            r#"update users set deleted_at = ?, updated_at = ?, version = version + 1
            where id = ? and deleted_at is null
            returning id as "id: Uuid", name, email, version, created_at, updated_at, deleted_at as "deleted_at?""#,
            at,
            at,
            id.0
        )
        .fetch_optional(&mut *self.0)
        .await?;
        if row.is_some() {
            query!("delete from sessions where user_id = ?", id.0).execute(&mut *self.0).await?;
            query!("delete from links where user_id = ?", id.0).execute(&mut *self.0).await?;
            insert_events(&mut self.0, std::slice::from_ref(event)).await?;
            revoke_tokens_of(&mut self.0, id, now, event).await?;
        }
        row.map(User::try_from).transpose()
    }

    async fn restore(&mut self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<Option<User>, AppError> {
        let at = now.unix_micros();
        let row = query_as!(
            Row,
            r#"update users set deleted_at = null, updated_at = ?, version = version + 1
            where id = ? and deleted_at is not null
            returning id as "id: Uuid", name, email, version, created_at, updated_at, deleted_at as "deleted_at?""#,
            at,
            id.0
        )
        .fetch_optional(&mut *self.0)
        .await
        .map_err(unless_taken)?;
        if row.is_some() {
            insert_events(&mut self.0, std::slice::from_ref(event)).await?;
        }
        row.map(User::try_from).transpose()
    }

    async fn keep_outcome(&mut self, request: &KeyedRequest, users: &[User]) -> Result<bool, AppError> {
        keep_outcome(&mut self.0, request, &outcome_json(users)?).await
    }

    async fn commit(self: Box<Self>) -> Result<(), AppError> {
        Ok(self.0.commit().await?)
    }
}
