use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{query, query_as, types::Uuid};

use super::transaction::{CHUNK, PostgresImportTransaction};
use crate::{
    domain::AppError,
    server::store::{
        ApplyOptions, EventRecord,
        imports::{Apply, ChangedRow, Chunk, users_of},
        postgres::events::insert_events,
    },
};

#[async_trait]
impl Apply for PostgresImportTransaction {
    async fn chunk_after(&mut self, line: i64) -> Result<Option<Chunk>, AppError> {
        let chunk = query!(
            r#"select max(line) as "last", count(*) as "rows!"
            from (
                select line from public.import_rows where import = $1 and line > $2 order by line limit $3
            ) chunk"#,
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
            ChangedRow::<DateTime<Utc>>,
            [
                r#"select u.id, u.created_at as was_created_at, r.created_at as "created_at?",
                    json_build_array("# {profile of "u"} r#")::text as "was!",
                    json_build_array("# {profile of "r"} r#")::text as "becomes!"
                from public.import_rows r
                join public.users u on u.email_key = r.email_key and u.deleted_at is null
                where r.import = $1 and r.line > $2 and r.line <= $3
                    and r.errors is null and r.duplicate_of is null and r.deleted_at is null
                    and (("# {profile of "u"} ") <> (" {profile of "r"} ")
                        or u.created_at <> coalesce(r.created_at, u.created_at))
                    and ($4::boolean or not exists (
                        select 1 from public.accounts where user_id = u.id and role = 'admin'
                    ))
                order by r.line
                for no key update of u"
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
        let ids: Vec<Uuid> = users_of(events).map(|user| user.0).collect();
        sql!(query!(
            [
                "update public.users set (" {columns} ") = (" {columns of "r"} "),
                    created_at = coalesce(r.created_at, users.created_at), updated_at = $1, version = users.version + 1
                from public.import_rows r
                where r.import = $2 and r.line > $3 and r.line <= $4
                    and r.errors is null and r.duplicate_of is null and r.deleted_at is null
                    and users.email_key = r.email_key and users.deleted_at is null and users.id = any($5)"
            ],
            how.now.utc(),
            self.import,
            chunk.after,
            chunk.last,
            &ids
        ))
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    async fn insert(&mut self, chunk: &Chunk, how: &ApplyOptions, event: &EventRecord) -> Result<u64, AppError> {
        let inserted = sql!(query!(
            [
                "with inserted as (
                    insert into public.users (id, " {columns} ", version, created_at, updated_at, deleted_at)
                    select id, " {columns} ", coalesce(version, 1), coalesce(created_at, $1), coalesce(updated_at, $1),
                        deleted_at
                    from public.import_rows
                    where import = $2 and line > $3 and line <= $4 and errors is null and duplicate_of is null
                    order by line
                    on conflict do nothing
                    returning seq, id, " {profile of "users"} "
                )
                insert into public.events (at, actor_kind, actor_id, address, request_id, action, subject_kind,
                    subject_id, user_id, changes, import_id)
                select $1, $5, $6, $7, $8, 'user.created', 'user', id, id, " {creation} "::text, $9
                from inserted
                order by seq"
            ],
            how.now.utc(),
            self.import,
            chunk.after,
            chunk.last,
            event.actor_kind.as_str(),
            event.actor_id,
            event.address,
            event.request_id,
            how.import.0
        ))
        .execute(&mut *self.transaction)
        .await?;
        Ok(inserted.rows_affected())
    }
}
