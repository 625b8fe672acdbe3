//! The uploaded files of imports.

use sqlx::{query, query_as, query_scalar};

use super::Postgres;
use crate::{
    domain::{AppError, Timestamp},
    server::store::Piece,
};

pub async fn put_part(store: &Postgres, import: i64, part: u32, bytes: &[u8]) -> Result<bool, AppError> {
    let mut transaction = store.begin().await?;
    let part = i64::from(part);
    let receives = query_scalar!(
        "select 1 as found from public.imports where seq = $1 and state = 'receiving' and activity is null for update",
        import
    )
    .fetch_optional(&mut *transaction)
    .await?;
    if receives.is_none() {
        return Ok(false);
    }
    query!("delete from public.import_pieces where import = $1 and part = $2", import, part)
        .execute(&mut *transaction)
        .await?;
    for (number, piece) in (0_i64..).zip(bytes.chunks(Piece::SIZE)) {
        query!(
            "insert into public.import_pieces (import, part, piece, bytes) values ($1, $2, $3, $4)",
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

pub async fn piece_after(store: &Postgres, import: i64, part: i64, piece: i64) -> Result<Option<Piece>, AppError> {
    let next = query_as!(
        Piece,
        "select part, piece, bytes from public.import_pieces
        where import = $1 and (part, piece) > ($2, $3)
        order by part, piece
        limit 1",
        import,
        part,
        piece
    );
    Ok(next.fetch_optional(&store.pool).await?)
}

/// Deletes unapplied imports entirely, and of applied ones the rows and the file.
pub async fn prune(store: &Postgres, before: Timestamp, now: Timestamp) -> Result<bool, AppError> {
    let (before, now) = (before.utc(), now.utc());
    let over = query_scalar!(
        "select seq from public.imports
        where (activity is null or active_until < $1) and (
            case state
                when 'applied' then updated_at < $2 or is_local
                when 'undone' then updated_at < $2 or is_local
                when 'cancelled' then true
                else updated_at < $2 or is_local
            end
        ) and (
            state not in ('applied', 'undone')
            or exists (select 1 from public.import_rows where import = imports.seq)
            or exists (select 1 from public.import_pieces where import = imports.seq)
        )
        limit 1",
        now,
        before
    )
    .fetch_optional(&store.pool)
    .await?;
    let Some(import) = over else { return Ok(false) };
    let mut transaction = store.begin_long().await?;
    query!("delete from public.import_rows where import = $1", import).execute(&mut *transaction).await?;
    query!("delete from public.import_pieces where import = $1", import).execute(&mut *transaction).await?;
    query!("delete from public.imports where seq = $1 and state not in ('applied', 'undone')", import)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(true)
}
