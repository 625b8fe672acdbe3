use async_trait::async_trait;
use sqlx::{PgExecutor, query, query_as, query_scalar, types::Uuid};

use super::{Postgres, columns::Row};
use crate::{
    domain::{AppError, User, UserId},
    server::store::{Feed, PollMark, Position, TrailEvent, feed::TrailRow},
};

/// Transactions commit in another order than that of their numbers. All below the oldest running one, of any database
/// of the cluster, have ended, so no event can be inserted there.
#[async_trait]
impl Feed for Postgres {
    async fn end_of_trail(&self) -> Result<Position, AppError> {
        let end = query_as!(
            Position,
            "select xid, seq
            from public.events
            where xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
            order by xid desc, seq desc
            limit 1"
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(end.unwrap_or_default())
    }

    async fn is_in_trail(&self, position: Position) -> Result<bool, AppError> {
        let found =
            query_scalar!("select 1 from public.events where xid = $1 and seq = $2", position.xid, position.seq)
                .fetch_optional(&self.pool)
                .await?;
        Ok(found.is_some())
    }

    async fn trail_after(&self, position: Position, limit: u32) -> Result<Vec<TrailEvent>, AppError> {
        let rows = query_as!(
            TrailRow,
            "select xid, seq, action, subject_kind, subject_id, user_id
            from public.events
            where (xid, seq) > ($1, $2) and xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
            order by xid, seq
            limit $3",
            position.xid,
            position.seq,
            i64::from(limit)
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(TrailEvent::from).collect())
    }

    async fn mark(&self) -> Result<PollMark, AppError> {
        let oldest = query_scalar!(r#"select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as "oldest!""#);
        Ok(PollMark(oldest.fetch_one(&self.pool).await?))
    }

    /// Returns the events of transactions that had not ended at the mark. The next mark is taken before they are read,
    /// so that none is missed.
    async fn since(&self, mark: PollMark, limit: u32) -> Result<(Vec<TrailEvent>, PollMark), AppError> {
        let next = self.mark().await?;
        let rows = query_as!(
            TrailRow,
            "select xid, seq, action, subject_kind, subject_id, user_id
            from public.events
            where xid >= $1
            limit $2",
            mark.0,
            i64::from(limit)
        )
        .fetch_all(&self.pool)
        .await?;
        Ok((rows.into_iter().map(TrailEvent::from).collect(), next))
    }

    async fn active_users(&self, ids: &[UserId]) -> Result<Vec<User>, AppError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let rows = sql!(query_as!(
            Row,
            ["select " {user} " from public.users where id = any($1) and deleted_at is null"],
            &ids
        ))
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(User::try_from).collect()
    }
}

/// Moves events that were restored from another cluster before all new events: they have the transaction numbers of
/// that cluster, which this one may not have reached yet.
pub async fn settle_positions(connection: impl PgExecutor<'_>) -> sqlx::Result<()> {
    query!(
        "update public.events set xid = 0
        where xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    )
    .execute(connection)
    .await?;
    Ok(())
}
