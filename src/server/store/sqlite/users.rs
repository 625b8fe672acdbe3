use async_trait::async_trait;
use serde_json::json;
use sqlx::{Sqlite as Database, Transaction, query, query_as, query_scalar, types::Uuid};

use super::Sqlite;
use crate::{
    domain::{AppError, ListUsers, Page, User, UserId, needles},
    server::store::{
        Import, Users,
        row::{UserRecord, UserRow, email_taken, holders},
    },
};

type Row = UserRow<i64>;

/// The two statements of a list in one order: everybody, and those in whom every needle is found.
macro_rules! list_in_order {
    ($store:expr, $needles:expr, $limit:expr, $offset:expr, $order:literal) => {
        match $needles {
            None => {
                query_as!(
                    Row,
                    r#"select id as "id: Uuid", name, email, version, created_at, updated_at, deleted_at
                    from users
                    where deleted_at is null
                    order by "#
                        + $order
                        + " limit ? offset ?",
                    $limit,
                    $offset
                )
                .fetch_all(&$store.readers)
                .await?
            }
            Some(needles) => {
                query_as!(
                    Row,
                    r#"select id as "id: Uuid", name, email, version, created_at, updated_at, deleted_at
                    from users
                    where deleted_at is null
                        and not exists (select 1 from json_each(?) where instr(users.search, value) = 0)
                    order by "#
                        + $order
                        + " limit ? offset ?",
                    needles,
                    $limit,
                    $offset
                )
                .fetch_all(&$store.readers)
                .await?
            }
        }
    };
}

#[async_trait]
impl Users for Sqlite {
    async fn list(&self, list: &ListUsers) -> Result<Page<User>, AppError> {
        let needles = list.q.as_deref().map(|q| json!(needles(q)).to_string());
        let (limit, offset) = (i64::from(list.per_page) + 1, i64::from(list.offset()));
        let rows = in_order_of!(list.sort, list_in_order!(self, needles, limit, offset));
        let users = rows.into_iter().map(User::try_from).collect::<Result<_, _>>()?;
        Ok(Page::from_one_more(users, list.offset(), list.per_page))
    }

    async fn get(&self, id: UserId) -> Result<Option<User>, AppError> {
        query_as!(
            Row,
            r#"select id as "id: Uuid", name, email, version, created_at, updated_at, deleted_at
            from users
            where id = ?"#,
            id.0
        )
        .fetch_optional(&self.readers)
        .await?
        .map(User::try_from)
        .transpose()
    }

    async fn create(&self, user: &UserRecord) -> Result<(), AppError> {
        let (created_at, updated_at) = (user.created_at.unix_micros(), user.updated_at.unix_micros());
        query!(
            "insert into users (id, name, email, name_key, email_key, search, created_at, updated_at)
            values (?, ?, ?, ?, ?, ?, ?, ?)",
            user.id.0,
            user.name,
            user.email,
            user.name_key,
            user.email_key,
            user.search,
            created_at,
            updated_at
        )
        .execute(&self.writer)
        .await
        .map_err(|error| match error.as_database_error() {
            Some(cause) if cause.is_unique_violation() => email_taken(),
            _ => error.into(),
        })?;
        Ok(())
    }

    async fn is_empty(&self) -> Result<bool, AppError> {
        let found =
            query_scalar!(r#"select exists (select 1 from users) as "found: bool""#).fetch_one(&self.readers).await?;
        Ok(!found)
    }

    async fn begin_import(&self) -> Result<Box<dyn Import>, AppError> {
        Ok(Box::new(SqliteImport(self.writer.begin_with("begin immediate").await?)))
    }
}

struct SqliteImport(Transaction<'static, Database>);

#[async_trait]
impl Import for SqliteImport {
    async fn add(&mut self, batch: &[UserRecord]) -> Result<Vec<Option<User>>, AppError> {
        // A batch travels as one JSON array: a statement for each row would cost a trip to the
        // connection's thread each.
        let rows = json!(batch.iter().map(as_json).collect::<Vec<_>>()).to_string();
        let inserted = query_scalar!(
            "insert into users (id, name, email, name_key, email_key, search, created_at, updated_at)
            select unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
            from json_each(?)
            where true
            on conflict (email_key) where deleted_at is null do nothing
            returning email_key",
            rows
        )
        .fetch_all(&mut *self.0)
        .await?;
        let met = if inserted.len() == batch.len() {
            Vec::new()
        } else {
            let keys = json!(batch.iter().map(|user| &user.email_key).collect::<Vec<_>>()).to_string();
            query_as!(
                Row,
                r#"select id as "id: Uuid", name, email, version, created_at, updated_at, deleted_at
                from users
                where deleted_at is null and email_key in (select value from json_each(?))"#,
                keys
            )
            .fetch_all(&mut *self.0)
            .await?
        };
        holders(batch, inserted, met)
    }

    async fn commit(self: Box<Self>) -> Result<(), AppError> {
        Ok(self.0.commit().await?)
    }
}

fn as_json(user: &UserRecord) -> serde_json::Value {
    json!([
        user.id.0.simple(),
        user.name,
        user.email,
        user.name_key,
        user.email_key,
        user.search,
        user.created_at.unix_micros(),
        user.updated_at.unix_micros()
    ])
}
