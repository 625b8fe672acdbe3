mod apply;
mod copy;
mod pieces;
mod rows;
mod transaction;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{query, query_as};

use self::transaction::PostgresImportTransaction;
use super::Postgres;
use crate::{
    domain::{AppError, ImportCounts, ImportId, ImportRow, ImportState, ListImportRows, Timestamp},
    server::store::{
        Claim, ImportDetails, ImportRecord, ImportTransaction, Imports, Piece, StagedRow, StoredImport,
        imports::StoredRow,
    },
};

type Row = StoredRow<DateTime<Utc>>;

/// The statement that reads imports by a filter.
macro_rules! imports_where {
    ($filter:literal, $value:expr) => {
        query_as!(
            Row,
            r#"select seq, imports.id, file, size, (
                    select coalesce(sum(octet_length(bytes)), 0)::bigint from public.import_pieces where import = imports.seq
                ) as "received!",
                part_size, state, activity, active_until, done, total, details, actor_kind, actor_id,
                coalesce(
                    (select name from public.users where users.id = actor_id),
                    (select name from public.tokens where tokens.id = actor_id)
                ) as "actor_name?",
                takes_all, is_local, created_at
            from public.imports
            where "#
                + $filter,
            $value
        )
    };
}

#[async_trait]
impl Imports for Postgres {
    async fn create_import(&self, import: &ImportRecord) -> Result<(), AppError> {
        let (size, now) = (import.size.cast_signed(), import.now.utc());
        let (kind, details) = (import.actor_kind.as_str(), import.details.json()?);
        let active_until = import.active_until.map(Timestamp::utc);
        let activity = active_until.map(|_| ImportState::Checking.as_str());
        query!(
            "insert into public.imports (id, file, size, part_size, state, activity, active_until, details, actor_kind, actor_id,
                takes_all, is_local, created_at, updated_at)
            values ($1, $2, $3, $4, 'receiving', $5, $6, $7, $8, $9, $10, $11, $12, $12)",
            import.id.0,
            import.file,
            size,
            i64::from(import.part_size),
            activity,
            active_until,
            details,
            kind,
            import.actor_id,
            import.uses_all_fields,
            import.is_local,
            now
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    async fn import(&self, id: ImportId) -> Result<Option<StoredImport>, AppError> {
        let row = imports_where!("imports.id = $1", id.0).fetch_optional(&self.pool).await?;
        row.map(StoredImport::try_from).transpose()
    }

    async fn imports(&self, limit: u32) -> Result<Vec<StoredImport>, AppError> {
        let rows = imports_where!(
            "not is_local or state in ('applied', 'undone') order by created_at desc, seq desc limit $1",
            i64::from(limit)
        );
        rows.fetch_all(&self.pool).await?.into_iter().map(StoredImport::try_from).collect()
    }

    async fn put_part(&self, import: i64, part: u32, bytes: &[u8]) -> Result<bool, AppError> {
        pieces::put_part(self, import, part, bytes).await
    }

    async fn piece_after(&self, import: i64, part: i64, piece: i64) -> Result<Option<Piece>, AppError> {
        pieces::piece_after(self, import, part, piece).await
    }

    async fn claim_import(&self, import: i64, state: ImportState, claim: Claim) -> Result<bool, AppError> {
        let (state, activity, total) = (state.as_str(), claim.activity.as_str(), claim.total.cast_signed());
        let (now, until) = (claim.now.utc(), claim.until.utc());
        let claimed = query!(
            "update public.imports set activity = $1, active_until = $2, done = 0, total = $3, updated_at = $4
            where seq = $5 and state = $6 and (activity is null or active_until < $4)",
            activity,
            until,
            total,
            now,
            import,
            state
        )
        .execute(&self.pool)
        .await?;
        Ok(claimed.rows_affected() == 1)
    }

    async fn renew_import(&self, import: i64, done: u64, total: u64, until: Timestamp) -> Result<bool, AppError> {
        let (done, total) = (done.cast_signed(), total.cast_signed());
        let renewed = query!(
            "update public.imports set done = $1, total = $2, active_until = $3 where seq = $4 and activity is not null",
            done,
            total,
            until.utc(),
            import
        )
        .execute(&self.pool)
        .await?;
        Ok(renewed.rows_affected() == 1)
    }

    async fn release_import(
        &self,
        import: i64,
        state: ImportState,
        details: &ImportDetails,
        now: Timestamp,
    ) -> Result<bool, AppError> {
        let (state, details, now) = (state.as_str(), details.json()?, now.utc());
        let released = query!(
            "update public.imports
            set state = $1, details = $2, activity = null, active_until = null, updated_at = $3
            where seq = $4 and state <> 'cancelled'",
            state,
            details,
            now,
            import
        )
        .execute(&self.pool)
        .await?;
        Ok(released.rows_affected() == 1)
    }

    async fn cancel_import(&self, import: i64, now: Timestamp) -> Result<bool, AppError> {
        let now = now.utc();
        let cancelled = query!(
            "update public.imports set state = 'cancelled', activity = null, active_until = null, updated_at = $1
            where seq = $2 and state in ('receiving', 'checked', 'failed', 'cancelled')",
            now,
            import
        )
        .execute(&self.pool)
        .await?;
        Ok(cancelled.rows_affected() == 1)
    }

    async fn stage(&self, import: i64, rows: &[StagedRow]) -> Result<(), AppError> {
        rows::stage(self, import, rows).await
    }

    async fn mark_duplicates(&self, import: i64) -> Result<(), AppError> {
        rows::mark_duplicates(self, import).await
    }

    async fn count_rows(&self, import: i64, may_change_admins: bool) -> Result<(ImportCounts, i64), AppError> {
        let mut snapshot = self.begin_long().await?;
        let last = transaction::last_event(&mut snapshot).await?;
        Ok((rows::count(&mut snapshot, import, may_change_admins).await?, last))
    }

    async fn import_rows(
        &self,
        import: &StoredImport,
        list: ListImportRows,
        may_change_admins: bool,
    ) -> Result<Vec<ImportRow>, AppError> {
        rows::list(self, import, list, may_change_admins).await
    }

    async fn begin_import_transaction(&self, import: i64) -> Result<Box<dyn ImportTransaction>, AppError> {
        Ok(Box::new(PostgresImportTransaction::begin(self, import).await?))
    }

    /// Deletes all rows at once: this blocks no other writer, and deleting in batches would scan dead rows repeatedly.
    async fn clear_rows(&self, import: i64, all: bool) -> Result<bool, AppError> {
        let mut transaction = self.begin_long().await?;
        query!("delete from public.import_rows where import = $1 and ($2::boolean or outcome is null)", import, all)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(false)
    }

    async fn prune_imports(&self, before: Timestamp, now: Timestamp) -> Result<bool, AppError> {
        pieces::prune(self, before, now).await
    }
}
