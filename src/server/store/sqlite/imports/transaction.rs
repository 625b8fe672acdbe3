use async_trait::async_trait;
use serde_json::json;
use sqlx::{Sqlite as Database, SqliteConnection, Transaction, query, query_as, query_scalar, types::Uuid};

use super::rows;
use crate::{
    domain::{AppError, FOLDING, ImportCounts, ImportState, Timestamp, UserId},
    server::store::{
        EventRecord, ImportDetails, ImportTransaction, ImportedChange, UndoOptions, UndoStep, UserRecord,
        row::DoneRow,
        sqlite::{Sqlite, events::insert_events, write_waits::WriteWaits},
    },
};

/// The number of rows that one statement applies or undoes.
pub const CHUNK: i64 = 2_000;

/// The transaction of an import. It holds the write lock.
pub struct SqliteImportTransaction {
    pub(super) transaction: Transaction<'static, Database>,
    pub(super) import: i64,
    waits: WriteWaits,
}

impl SqliteImportTransaction {
    pub async fn begin(store: &Sqlite, import: i64) -> Result<Self, AppError> {
        let transaction = store.begin().await?;
        store.waits.reset();
        Ok(Self { transaction, import, waits: store.waits.clone() })
    }
}

#[async_trait]
impl ImportTransaction for SqliteImportTransaction {
    async fn last_event(&mut self) -> Result<i64, AppError> {
        last_event(&mut self.transaction).await
    }

    async fn count(&mut self, may_change_admins: bool) -> Result<ImportCounts, AppError> {
        rows::count(&mut self.transaction, self.import, may_change_admins).await
    }

    async fn changes_to_undo(
        &mut self,
        after: i64,
        until: i64,
        how: &UndoOptions,
    ) -> Result<Vec<ImportedChange>, AppError> {
        let rows = sql!(query_as!(
            DoneRow::<i64>,
            [
                "select " {user} r#", e.seq as "seq!", e.action as "action!", e.changes as "changes!", exists (
                    select 1 from events later
                    where later.user_id = e.user_id and later.seq > e.seq
                        and (e.action = 'user.created' or substr(later.action, 1, 5) = 'user.')
                ) or (not ? and exists (
                    select 1 from accounts where user_id = users.id and role = 'admin'
                )) as "is_over!: bool"
                from events e
                join users on users.id = e.user_id
                where e.import_id = ? and e.seq > ? and e.seq <= ? and e.action in ('user.created', 'user.updated')
                order by e.seq
                limit ?"#
            ],
            how.may_change_admins,
            how.import.0,
            after,
            until,
            CHUNK
        ));
        rows.fetch_all(&mut *self.transaction).await?.into_iter().map(ImportedChange::try_from).collect()
    }

    async fn undo(&mut self, back: &[UndoStep], now: Timestamp, events: &[EventRecord]) -> Result<(), AppError> {
        let now = now.unix_micros();
        let deleted = back.iter().filter_map(|back| match back {
            UndoStep::Deleted(UserId(id)) => Some(id.simple()),
            UndoStep::Changed(_) => None,
        });
        let deleted = json!(deleted.collect::<Vec<_>>()).to_string();
        query!(
            "update users set deleted_at = ?, updated_at = ?, version = version + 1
            where id in (select unhex(value) from json_each(?)) and deleted_at is null",
            now,
            now,
            deleted
        )
        .execute(&mut *self.transaction)
        .await?;
        let changed = back.iter().filter_map(|back| match back {
            UndoStep::Changed(UserRecord { id, columns, created_at, .. }) => {
                Some(json!([columns.texts().collect::<Vec<_>>(), id.0.simple(), created_at.unix_micros()]))
            }
            UndoStep::Deleted(_) => None,
        });
        let changed = json!(changed.collect::<Vec<_>>()).to_string();
        sql!(query!(
            [
                "update users set (" {columns} ") = (" {edited columns of "r"} "),
                    created_at = r.created_at, updated_at = ?, version = users.version + 1
                from (
                    select " {texts} ", ? as folding, unhex(value ->> 1) as id, value ->> 2 as created_at
                    from json_each(?)
                ) r
                where users.id = r.id"
            ],
            now,
            FOLDING,
            changed
        ))
        .execute(&mut *self.transaction)
        .await?;
        insert_events(&mut self.transaction, events).await
    }

    async fn save_rejected(&mut self, may_change_admins: bool) -> Result<(), AppError> {
        rows::save_rejected(&mut self.transaction, self.import, may_change_admins).await
    }

    async fn commit(
        mut self: Box<Self>,
        from: ImportState,
        to: ImportState,
        details: &ImportDetails,
        event: &EventRecord,
    ) -> Result<bool, AppError> {
        insert_events(&mut self.transaction, std::slice::from_ref(event)).await?;
        let (from, to, details, now) = (from.as_str(), to.as_str(), details.json()?, event.at.unix_micros());
        let ended = query!(
            "update imports set state = ?, details = ?, activity = null, active_until = null, updated_at = ?
            where seq = ? and state = ?",
            to,
            details,
            now,
            self.import,
            from
        )
        .execute(&mut *self.transaction)
        .await?;
        if ended.rows_affected() == 0 {
            self.transaction.rollback().await?;
            return Ok(false);
        }
        self.transaction.commit().await?;
        Ok(true)
    }

    fn longest_wait(&self) -> Option<u64> {
        Some(self.waits.longest_ms())
    }
}

pub async fn last_event(connection: &mut SqliteConnection) -> Result<i64, AppError> {
    Ok(query_scalar!(r#"select coalesce(max(seq), 0) as "seq!: i64" from events"#).fetch_one(connection).await?)
}
