use std::ops::{Deref, DerefMut};

use serde_json::json;
use sqlx::{Connection, Sqlite as Database, SqliteConnection, Transaction as SqliteTransaction, query_as, types::Uuid};

use super::{Sqlite, group_commit::Unit};
use crate::{
    domain::{AppError, UserId},
    server::store::{Changes, LockedUser, changes::ChangesTransaction, row::LockedUserRow, statements::Transaction},
};

type LockedRow = LockedUserRow<i64>;

/// A unit of work in a group commit, a transaction of its own, or a savepoint in one of them.
pub enum SqliteChanges<'c> {
    Unit(Unit),
    Transaction(SqliteTransaction<'c, Database>),
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

impl Transaction for SqliteChanges<'_> {
    async fn commit(self) -> Result<(), AppError> {
        match self {
            Self::Unit(unit) => unit.commit().await,
            Self::Transaction(transaction) => Ok(transaction.commit().await?),
        }
    }
}

impl ChangesTransaction for SqliteChanges<'_> {
    async fn savepoint(&mut self) -> Result<Box<dyn Changes + '_>, AppError> {
        Ok(Box::new(SqliteChanges::Transaction(self.deref_mut().begin().await?)))
    }

    async fn rollback(self) -> Result<(), AppError> {
        match self {
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
