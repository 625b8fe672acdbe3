use std::ops::{Deref, DerefMut};

use async_trait::async_trait;
use serde_json::json;
use sqlx::{Connection, Sqlite as Database, SqliteConnection, Transaction, query, query_as, types::Uuid};

use super::{
    Sqlite,
    columns::{Row, insert_user, update_user},
    events::insert_events,
    group_commit::Unit,
    idempotency::save_outcome,
};
use crate::{
    domain::{AppError, Timestamp, User, UserId},
    server::store::{
        Changes, EventRecord, KeyedRequest, LockedUser,
        idempotency::outcome_json,
        row::{LockedUserRow, UserRecord, unless_taken},
        statements::{ensure_admin_besides, revoke_tokens_of},
    },
};

type LockedRow = LockedUserRow<i64>;

/// A unit of work in a group commit, a transaction of its own, or a savepoint in one of them.
pub enum SqliteChanges<'c> {
    Unit(Unit),
    Transaction(Transaction<'c, Database>),
}

/// The write lock serializes all transactions. A transaction that changes many users does not join a group commit, so
/// that no other request waits for it to finish.
pub async fn begin_changes(
    store: &Sqlite,
    of: &[UserId],
    are_many: bool,
) -> Result<(SqliteChanges<'static>, Vec<LockedUser>), AppError> {
    let mut changes = if are_many {
        SqliteChanges::Transaction(store.begin().await?)
    } else {
        SqliteChanges::Unit(store.begin_grouped().await?)
    };
    if of.is_empty() {
        return Ok((changes, Vec::new()));
    }
    let ids = json!(of.iter().map(|id| id.0.simple()).collect::<Vec<_>>()).to_string();
    let rows = sql!(query_as!(
        LockedRow,
        [
            "select " {user} r#", (select role from accounts where user_id = users.id) as "role?: String"
            from users
            where id in (select unhex(value) from json_each(?))"#
        ],
        ids
    ))
    .fetch_all(&mut *changes)
    .await?;
    let locked = rows.into_iter().map(LockedUser::try_from).collect::<Result<_, _>>()?;
    Ok((changes, locked))
}

#[async_trait]
impl Changes for SqliteChanges<'_> {
    async fn savepoint(&mut self) -> Result<Box<dyn Changes + '_>, AppError> {
        Ok(Box::new(SqliteChanges::Transaction(self.deref_mut().begin().await?)))
    }

    async fn create(&mut self, user: &UserRecord, event: &EventRecord) -> Result<(), AppError> {
        insert_user(self, user).await?;
        insert_events(self, std::slice::from_ref(event)).await
    }

    async fn update(&mut self, user: &UserRecord, version: i64, event: &EventRecord) -> Result<Option<User>, AppError> {
        let row = update_user(self, user, version).await?;
        if row.is_some() {
            insert_events(self, std::slice::from_ref(event)).await?;
        }
        row.map(User::try_from).transpose()
    }

    async fn delete(&mut self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<Option<User>, AppError> {
        ensure_admin_besides(&mut **self, id).await?;
        let at = now.unix_micros();
        let row = sql!(query_as!(
            Row,
            [
                "update users set deleted_at = ?, updated_at = ?, version = version + 1
                where id = ? and deleted_at is null
                returning " {user}
            ],
            at,
            at,
            id.0
        ))
        .fetch_optional(&mut **self)
        .await?;
        if row.is_some() {
            query!("delete from sessions where user_id = ?", id.0).execute(&mut **self).await?;
            query!("delete from links where user_id = ?", id.0).execute(&mut **self).await?;
            insert_events(self, std::slice::from_ref(event)).await?;
            revoke_tokens_of(&mut **self, id, now, event).await?;
        }
        row.map(User::try_from).transpose()
    }

    async fn restore(&mut self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<Option<User>, AppError> {
        let at = now.unix_micros();
        let row = sql!(query_as!(
            Row,
            [
                "update users set deleted_at = null, updated_at = ?, version = version + 1
                where id = ? and deleted_at is not null
                returning " {user}
            ],
            at,
            id.0
        ))
        .fetch_optional(&mut **self)
        .await
        .map_err(unless_taken)?;
        if row.is_some() {
            insert_events(self, std::slice::from_ref(event)).await?;
        }
        row.map(User::try_from).transpose()
    }

    async fn save_outcome(&mut self, request: &KeyedRequest, users: &[User]) -> Result<bool, AppError> {
        save_outcome(self, request, &outcome_json(users)?).await
    }

    async fn commit(self: Box<Self>) -> Result<(), AppError> {
        match *self {
            Self::Unit(unit) => unit.commit().await,
            Self::Transaction(transaction) => Ok(transaction.commit().await?),
        }
    }

    async fn rollback(self: Box<Self>) -> Result<(), AppError> {
        match *self {
            Self::Unit(unit) => unit.rollback().await,
            Self::Transaction(transaction) => Ok(transaction.rollback().await?),
        }
    }
}

impl Deref for SqliteChanges<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::Unit(unit) => unit,
            Self::Transaction(transaction) => transaction,
        }
    }
}

impl DerefMut for SqliteChanges<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Unit(unit) => unit,
            Self::Transaction(transaction) => transaction,
        }
    }
}
