mod apply;
mod pieces;
mod rows;
mod transaction;

use async_trait::async_trait;
use sqlx::{query, query_as, types::Uuid};

use self::transaction::SqliteImportTransaction;
use super::Sqlite;
use crate::{
    domain::{AppError, ImportCounts, ImportId, ImportRow, ImportState, ListImportRows, Timestamp},
    server::store::{
        Claim, ImportDetails, ImportRecord, ImportTransaction, Imports, Piece, StagedRow, StoredImport,
        imports::StoredRow,
    },
};

type Row = StoredRow<i64>;

/// The statement that reads imports by a filter.
macro_rules! imports_where {
    ($filter:literal, $value:expr) => {
        query_as!(
            Row,
            r#"select seq as "seq!", imports.id as "id!: Uuid", file as "file!", size as "size!", (
                    select coalesce(sum(length(bytes)), 0) from import_pieces where import = seq
                ) as "received!: i64",
                part_size as "part_size!", state as "state!", activity, active_until, done as "done!", total as "total!",
                details as "details!", actor_kind as "actor_kind!", actor_id as "actor_id: Uuid",
                coalesce(
                    (select name from users where users.id = actor_id),
                    (select name from tokens where tokens.id = actor_id)
                ) as "actor_name: String",
                takes_all as "takes_all!: bool", is_local as "is_local!: bool", created_at as "created_at!"
            from imports
            where "#
                + $filter,
            $value
        )
    };
}

#[async_trait]
impl Imports for Sqlite {
    async fn create_import(&self, import: &ImportRecord) -> Result<(), AppError> {
        let (size, now) = (import.size.cast_signed(), import.now.unix_micros());
        let (kind, details) = (import.actor_kind.as_str(), import.details.json()?);
        let active_until = import.active_until.map(Timestamp::unix_micros);
        let activity = active_until.map(|_| ImportState::Checking.as_str());
        query!(
            "insert into imports (id, file, size, part_size, state, activity, active_until, details, actor_kind, actor_id,
                takes_all, is_local, created_at, updated_at)
            values (?, ?, ?, ?, 'receiving', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            import.id.0,
            import.file,
            size,
            import.part_size,
            activity,
            active_until,
            details,
            kind,
            import.actor_id,
            import.uses_all_fields,
            import.is_local,
            now,
            now
        )
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn import(&self, id: ImportId) -> Result<Option<StoredImport>, AppError> {
        let row = imports_where!("imports.id = ?", id.0).fetch_optional(&self.readers).await?;
        row.map(StoredImport::try_from).transpose()
    }

    async fn imports(&self, limit: u32) -> Result<Vec<StoredImport>, AppError> {
        let rows = imports_where!(
            "not is_local or state in ('applied', 'undone') order by created_at desc, seq desc limit ?",
            limit
        );
        rows.fetch_all(&self.readers).await?.into_iter().map(StoredImport::try_from).collect()
    }

    async fn put_part(&self, import: i64, part: u32, bytes: &[u8]) -> Result<bool, AppError> {
        pieces::put_part(self, import, part, bytes).await
    }

    async fn piece_after(&self, import: i64, part: i64, piece: i64) -> Result<Option<Piece>, AppError> {
        pieces::piece_after(self, import, part, piece).await
    }

    async fn claim_import(&self, import: i64, state: ImportState, claim: Claim) -> Result<bool, AppError> {
        let (state, activity, total) = (state.as_str(), claim.activity.as_str(), claim.total.cast_signed());
        let (now, until) = (claim.now.unix_micros(), claim.until.unix_micros());
        let claimed = query!(
            "update imports set activity = ?, active_until = ?, done = 0, total = ?, updated_at = ?
            where seq = ? and state = ? and (activity is null or active_until < ?)",
            activity,
            until,
            total,
            now,
            import,
            state,
            now
        )
        .execute(&self.writer)
        .await?;
        Ok(claimed.rows_affected() == 1)
    }

    async fn renew_import(&self, import: i64, done: u64, total: u64, until: Timestamp) -> Result<bool, AppError> {
        let Some(mut writer) = self.writer.try_acquire() else { return Ok(true) };
        let (done, total, until) = (done.cast_signed(), total.cast_signed(), until.unix_micros());
        let renewed = query!(
            "update imports set done = ?, total = ?, active_until = ? where seq = ? and activity is not null",
            done,
            total,
            until,
            import
        )
        .execute(&mut *writer)
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
        let (state, details, now) = (state.as_str(), details.json()?, now.unix_micros());
        let released = query!(
            "update imports set state = ?, details = ?, activity = null, active_until = null, updated_at = ?
            where seq = ? and state <> 'cancelled'",
            state,
            details,
            now,
            import
        )
        .execute(&self.writer)
        .await?;
        Ok(released.rows_affected() == 1)
    }

    async fn cancel_import(&self, import: i64, now: Timestamp) -> Result<bool, AppError> {
        let now = now.unix_micros();
        let cancelled = query!(
            "update imports set state = 'cancelled', activity = null, active_until = null, updated_at = ?
            where seq = ? and state in ('receiving', 'checked', 'failed', 'cancelled')",
            now,
            import
        )
        .execute(&self.writer)
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
        let mut reader = self.long_reader().await?;
        let mut snapshot = sqlx::Connection::begin(&mut reader).await?;
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
        Ok(Box::new(SqliteImportTransaction::begin(self, import).await?))
    }

    async fn clear_rows(&self, import: i64, all: bool) -> Result<bool, AppError> {
        let cleared = query!(
            "delete from import_rows
            where import = ? and line in (
                select line from import_rows where import = ? and (? or outcome is null) limit ?
            )",
            import,
            import,
            all,
            pieces::ROWS
        )
        .execute(&self.writer)
        .await?;
        Ok(cleared.rows_affected() > 0)
    }

    async fn prune_imports(&self, before: Timestamp, now: Timestamp) -> Result<bool, AppError> {
        pieces::prune(self, before, now).await
    }
}
