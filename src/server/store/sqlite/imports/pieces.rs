//! The uploaded files of imports.

use sqlx::{query, query_as, query_scalar};

use super::Sqlite;
use crate::{
    domain::{AppError, Timestamp},
    server::store::Piece,
};

/// The number of rows deleted at once, while other writers wait.
pub const ROWS: i64 = 2_000;

pub async fn put_part(store: &Sqlite, import: i64, part: u32, bytes: &[u8]) -> Result<bool, AppError> {
    let mut transaction = store.begin().await?;
    let receives =
        query_scalar!("select 1 from imports where seq = ? and state = 'receiving' and activity is null", import)
            .fetch_optional(&mut *transaction)
            .await?;
    if receives.is_none() {
        return Ok(false);
    }
    query!("delete from import_pieces where import = ? and part = ?", import, part).execute(&mut *transaction).await?;
    for (number, piece) in (0_i64..).zip(bytes.chunks(Piece::SIZE)) {
        query!(
            "insert into import_pieces (import, part, piece, bytes) values (?, ?, ?, ?)",
            import,
            part,
            number,
            piece
        )
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await?;
    Ok(true)
}

pub async fn piece_after(store: &Sqlite, import: i64, part: i64, piece: i64) -> Result<Option<Piece>, AppError> {
    let next = query_as!(
        Piece,
        "select part, piece, bytes from import_pieces
        where import = ? and (part, piece) > (?, ?)
        order by part, piece
        limit 1",
        import,
        part,
        piece
    );
    Ok(next.fetch_optional(&store.readers).await?)
}

/// Deletes unapplied imports entirely, and of applied ones the rows and the file.
pub async fn prune(store: &Sqlite, before: Timestamp, now: Timestamp) -> Result<bool, AppError> {
    let (before, now) = (before.unix_micros(), now.unix_micros());
    let over = query_scalar!(
        "select seq from imports
        where (activity is null or active_until < ?) and (
            case state
                when 'applied' then updated_at < ? or is_local
                when 'undone' then updated_at < ? or is_local
                when 'cancelled' then true
                else updated_at < ? or is_local
            end
        ) and (
            state not in ('applied', 'undone')
            or exists (select 1 from import_rows where import = seq)
            or exists (select 1 from import_pieces where import = seq)
        )
        limit 1",
        now,
        before,
        before,
        before
    )
    .fetch_optional(&store.readers)
    .await?;
    let Some(import) = over else { return Ok(false) };
    let mut transaction = store.begin().await?;
    let rows = query!(
        "delete from import_rows
        where import = ? and line in (select line from import_rows where import = ? limit ?)",
        import,
        import,
        ROWS
    )
    .execute(&mut *transaction)
    .await?;
    let pieces = query!(
        "delete from import_pieces
        where rowid in (select rowid from import_pieces where import = ? limit 16)",
        import
    )
    .execute(&mut *transaction)
    .await?;
    if rows.rows_affected() == 0 && pieces.rows_affected() == 0 {
        query!("delete from imports where seq = ? and state not in ('applied', 'undone')", import)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(true)
}
