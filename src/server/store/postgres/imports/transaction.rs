use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Map;
use sqlx::{query, query_as, query_scalar};

use super::rows;
use crate::{
    domain::{AppError, FOLDING, ImportCounts, ImportState, Timestamp},
    server::store::{
        EventRecord, ImportDetails, ImportTransaction, ImportedChange, ProfileColumns, UndoOptions, UndoStep,
        UserRecord,
        postgres::{
            Postgres,
            connection::{Connection, Transaction},
            events::insert_events,
        },
        row::DoneRow,
    },
};

/// The number of rows that one statement applies or undoes.
pub const CHUNK: i64 = 5_000;

/// The advisory lock of imports: two concurrent ones could deadlock on each other's addresses.
const IMPORTS: i64 = i64::from_be_bytes(*b"rollimpo");

/// The transaction of an import.
pub struct PostgresImportTransaction {
    pub(super) transaction: Transaction<'static>,
    pub(super) import: i64,
}

impl PostgresImportTransaction {
    pub async fn begin(store: &Postgres, import: i64) -> Result<Self, AppError> {
        let mut transaction = store.begin_long().await?;
        query!("select pg_advisory_xact_lock($1)", IMPORTS).execute(&mut *transaction).await?;
        Ok(Self { transaction, import })
    }
}

#[async_trait]
impl ImportTransaction for PostgresImportTransaction {
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
            DoneRow::<DateTime<Utc>>,
            [
                "select " {user} r#", e.seq, e.action, e.changes, exists (
                    select 1 from public.events later
                    where later.user_id = e.user_id and later.seq > e.seq
                        and (e.action = 'user.created' or starts_with(later.action, 'user.'))
                ) or (not $5::boolean and exists (
                    select 1 from public.accounts where user_id = users.id and role = 'admin'
                )) as "is_over!"
                from public.events e
                join public.users on users.id = e.user_id
                where e.import_id = $1 and e.seq > $2 and e.seq <= $4 and e.action in ('user.created', 'user.updated')
                order by e.seq
                limit $3
                for no key update of users"#
            ],
            how.import.0,
            after,
            CHUNK,
            until,
            how.may_change_admins
        ));
        rows.fetch_all(&mut *self.transaction).await?.into_iter().map(ImportedChange::try_from).collect()
    }

    async fn undo(&mut self, back: &[UndoStep], now: Timestamp, events: &[EventRecord]) -> Result<(), AppError> {
        let (mut deleted, mut changed) = (Vec::new(), Vec::new());
        for back in back {
            match back {
                UndoStep::Deleted(id) => deleted.push(id.0),
                UndoStep::Changed(record) => changed.push(record),
            }
        }
        query!(
            "update public.users set deleted_at = $1, updated_at = $1, version = version + 1
            where id = any($2) and deleted_at is null",
            now.utc(),
            &deleted
        )
        .execute(&mut *self.transaction)
        .await?;
        let changed = changed.into_iter().map(as_row).collect::<serde_json::Value>().to_string();
        sql!(query!(
            [
                "update public.users set (" {columns} ") = (" {edited columns of "r"} "),
                    created_at = r.created_at, updated_at = $1, version = users.version + 1
                from jsonb_populate_recordset(null::public.users, $2::text::jsonb) as r
                where users.id = r.id"
            ],
            now.utc(),
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
        let (from, to, details, now) = (from.as_str(), to.as_str(), details.json()?, event.at.utc());
        let ended = query!(
            "update public.imports
            set state = $1, details = $2, activity = null, active_until = null, updated_at = $3
            where seq = $4 and state = $5",
            to,
            details,
            now,
            self.import,
            from
        )
        .execute(&mut *self.transaction)
        .await?;
        if ended.rows_affected() == 0 {
            return Ok(false);
        }
        self.transaction.commit().await?;
        Ok(true)
    }

    fn longest_wait(&self) -> Option<u64> {
        None
    }
}

/// The columns of `users` that an undo writes.
fn as_row(user: &UserRecord) -> serde_json::Value {
    let mut row: Map<_, _> =
        ProfileColumns::names().zip(user.columns.texts()).map(|(name, text)| (name.to_owned(), text.into())).collect();
    row.insert("folding".to_owned(), FOLDING.into());
    row.insert("id".to_owned(), user.id.to_string().into());
    row.insert("created_at".to_owned(), user.created_at.to_string().into());
    row.into()
}

pub async fn last_event(connection: &mut Connection) -> Result<i64, AppError> {
    let last = query_scalar!(r#"select coalesce(max(seq), 0) as "seq!" from public.events"#);
    Ok(last.fetch_one(connection).await?)
}
