use async_trait::async_trait;
use serde_json::json;
use sqlx::{Sqlite as Database, SqliteConnection, Transaction, query, query_as, query_scalar, types::Uuid};

use super::rows;
use crate::{
    domain::{AppError, FOLDING, ImportCounts, ImportMode, ImportState, Timestamp, UserId},
    server::store::{
        Applied, Back, Batch, Done, EventRecord, HowToApply, HowToUndo, ImportDetails, UserRecord,
        imports::ChangedRow,
        row::DoneRow,
        sqlite::{Sqlite, events::insert_events, write_waits::WriteWaits},
    },
};

/// The number of rows that one statement applies.
const CHUNK: i64 = 2_000;

/// The transaction of an import. It holds the write lock.
pub struct SqliteBatch {
    transaction: Transaction<'static, Database>,
    import: i64,
    waits: WriteWaits,
}

impl SqliteBatch {
    pub async fn begin(store: &Sqlite, import: i64) -> Result<Self, AppError> {
        let transaction = store.begin().await?;
        store.waits.reset();
        Ok(Self { transaction, import, waits: store.waits.clone() })
    }

    /// The last line of the next chunk, and its number of rows.
    async fn chunk(&mut self, after: i64) -> Result<(Option<i64>, i64), AppError> {
        let chunk = query!(
            r#"select max(line) as "last: i64", count(*) as "rows!: i64"
            from (select line from import_rows where import = ? and line > ? order by line limit ?)"#,
            self.import,
            after,
            CHUNK
        );
        let chunk = chunk.fetch_one(&mut *self.transaction).await?;
        Ok((chunk.last, chunk.rows))
    }

    /// Updates existing users, matched by address, with the values of the file.
    async fn update(
        &mut self,
        (after, last): (i64, i64),
        how: &HowToApply,
        event: &EventRecord,
    ) -> Result<u64, AppError> {
        let changed = sql!(query_as!(
            ChangedRow::<i64>,
            [
                r#"select u.id as "id!: Uuid", u.created_at as "was_created_at!", r.created_at,
                    json_array("# {profile of "u"} r#") as "was!: String",
                    json_array("# {profile of "r"} r#") as "becomes!: String"
                from import_rows r
                join users u on u.email_key = r.email_key and u.deleted_at is null
                where r.import = ? and r.line > ? and r.line <= ?
                    and r.errors is null and r.duplicate_of is null and r.deleted_at is null
                    and (("# {profile of "u"} ") <> (" {profile of "r"} ")
                        or u.created_at <> coalesce(r.created_at, u.created_at))
                    and (? or not exists (select 1 from accounts where user_id = u.id and role = 'admin'))
                order by r.line"
            ],
            self.import,
            after,
            last,
            how.governs
        ));
        let changed = changed.fetch_all(&mut *self.transaction).await?;
        if changed.is_empty() {
            return Ok(0);
        }
        let events = changed.iter().map(|row| row.event(event)).collect::<Result<Vec<_>, _>>()?;
        insert_events(&mut self.transaction, &events).await?;
        let ids = json!(changed.iter().map(|row| row.id.simple()).collect::<Vec<_>>()).to_string();
        let now = how.now.unix_micros();
        sql!(query!(
            [
                "update users set (" {columns} ") = (" {columns of "r"} "),
                    created_at = coalesce(r.created_at, users.created_at), updated_at = ?, version = users.version + 1
                from (
                    select rows.*, u.id as holder
                    from import_rows rows
                    join users u on u.email_key = rows.email_key and u.deleted_at is null
                    where rows.import = ? and rows.line > ? and rows.line <= ?
                        and rows.errors is null and rows.duplicate_of is null and rows.deleted_at is null
                ) r
                where users.id = r.holder and users.id in (select unhex(value) from json_each(?))"
            ],
            now,
            self.import,
            after,
            last,
            ids
        ))
        .execute(&mut *self.transaction)
        .await?;
        Ok(changed.len() as u64)
    }

    /// Creates the other users, and records it.
    async fn insert(
        &mut self,
        (after, last): (i64, i64),
        how: &HowToApply,
        event: &EventRecord,
    ) -> Result<u64, AppError> {
        let before = query_scalar!(r#"select coalesce(max(seq), 0) as "seq!: i64" from users"#)
            .fetch_one(&mut *self.transaction)
            .await?;
        let now = how.now.unix_micros();
        let inserted = sql!(query!(
            [
                "insert into users (id, " {columns} ", version, created_at, updated_at, deleted_at)
                select id, " {columns} ", coalesce(version, 1), coalesce(created_at, ?), coalesce(updated_at, ?), deleted_at
                from import_rows
                where import = ? and line > ? and line <= ? and errors is null and duplicate_of is null
                order by line
                on conflict do nothing"
            ],
            now,
            now,
            self.import,
            after,
            last
        ))
        .execute(&mut *self.transaction)
        .await?;
        if inserted.rows_affected() == 0 {
            return Ok(0);
        }
        let kind = event.actor_kind.as_str();
        sql!(query!(
            [
                "insert into events (at, actor_kind, actor_id, address, request_id, action, subject_kind, subject_id,
                    user_id, changes, import_id)
                select ?, ?, ?, ?, ?, 'user.created', 'user', id, id, " {creation} ", ?
                from users
                where seq > ?
                order by seq"
            ],
            now,
            kind,
            event.actor_id,
            event.address,
            event.request_id,
            how.import.0,
            before
        ))
        .execute(&mut *self.transaction)
        .await?;
        Ok(inserted.rows_affected())
    }
}

#[async_trait]
impl Batch for SqliteBatch {
    async fn last_event(&mut self) -> Result<i64, AppError> {
        last_event(&mut self.transaction).await
    }

    async fn count(&mut self, governs: bool) -> Result<ImportCounts, AppError> {
        rows::count(&mut self.transaction, self.import, governs).await
    }

    async fn apply(&mut self, after: u64, how: &HowToApply, event: &EventRecord) -> Result<Option<Applied>, AppError> {
        let (Some(last), rows) = self.chunk(after.cast_signed()).await? else { return Ok(None) };
        let lines = (after.cast_signed(), last);
        let changed = if how.mode == ImportMode::Update { self.update(lines, how, event).await? } else { 0 };
        let new = self.insert(lines, how, event).await?;
        Ok(Some(Applied { line: last.unsigned_abs(), rows: rows.unsigned_abs(), new, changed }))
    }

    async fn done(&mut self, after: i64, until: i64, how: &HowToUndo) -> Result<Vec<Done>, AppError> {
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
            how.governs,
            how.import.0,
            after,
            until,
            CHUNK
        ));
        rows.fetch_all(&mut *self.transaction).await?.into_iter().map(Done::try_from).collect()
    }

    async fn undo(&mut self, back: &[Back], now: Timestamp, events: &[EventRecord]) -> Result<(), AppError> {
        let now = now.unix_micros();
        let deleted = back.iter().filter_map(|back| match back {
            Back::Deleted(UserId(id)) => Some(id.simple()),
            Back::Changed(_) => None,
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
            Back::Changed(UserRecord { id, columns, created_at, .. }) => {
                Some(json!([columns.texts().collect::<Vec<_>>(), id.0.simple(), created_at.unix_micros()]))
            }
            Back::Deleted(_) => None,
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

    async fn keep_refused(&mut self, governs: bool) -> Result<(), AppError> {
        rows::keep_refused(&mut self.transaction, self.import, governs).await
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
