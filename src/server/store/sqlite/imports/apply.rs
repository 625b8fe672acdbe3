use async_trait::async_trait;
use serde_json::json;
use sqlx::{query, query_as, query_scalar, types::Uuid};

use super::transaction::{CHUNK, SqliteImportTransaction};
use crate::{
    domain::AppError,
    server::store::{
        ApplyOptions, EventRecord,
        imports::{Apply, ChangedRow, Chunk, users_of},
        sqlite::events::insert_events,
    },
};

#[async_trait]
impl Apply for SqliteImportTransaction {
    async fn chunk_after(&mut self, line: i64) -> Result<Option<Chunk>, AppError> {
        let chunk = query!(
            r#"select max(line) as "last: i64", count(*) as "rows!: i64"
            from (select line from import_rows where import = ? and line > ? order by line limit ?)"#,
            self.import,
            line,
            CHUNK
        );
        let chunk = chunk.fetch_one(&mut *self.transaction).await?;
        Ok(chunk.last.map(|last| Chunk { after: line, last, rows: chunk.rows }))
    }

    async fn updates(
        &mut self,
        chunk: &Chunk,
        how: &ApplyOptions,
        event: &EventRecord,
    ) -> Result<Vec<EventRecord>, AppError> {
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
            chunk.after,
            chunk.last,
            how.may_change_admins
        ));
        let changed = changed.fetch_all(&mut *self.transaction).await?;
        changed.iter().map(|row| row.event(event)).collect()
    }

    async fn update(&mut self, chunk: &Chunk, how: &ApplyOptions, events: &[EventRecord]) -> Result<(), AppError> {
        insert_events(&mut self.transaction, events).await?;
        let ids = json!(users_of(events).map(|user| user.0.simple()).collect::<Vec<_>>()).to_string();
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
            chunk.after,
            chunk.last,
            ids
        ))
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    async fn insert(&mut self, chunk: &Chunk, how: &ApplyOptions, event: &EventRecord) -> Result<u64, AppError> {
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
            chunk.after,
            chunk.last
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
