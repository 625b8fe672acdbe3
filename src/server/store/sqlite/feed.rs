use async_trait::async_trait;
use serde_json::json;
use sqlx::{query_as, query_scalar, types::Uuid};

use super::{Sqlite, columns::Row};
use crate::{
    domain::{AppError, User, UserId},
    server::store::{Feed, PollMark, Position, TrailEvent, feed::TrailRow},
};

#[async_trait]
impl Feed for Sqlite {
    async fn end_of_trail(&self) -> Result<Position, AppError> {
        let seq = query_scalar!("select max(seq) from events").fetch_one(&self.readers).await?;
        Ok(Position { xid: 0, seq: seq.unwrap_or_default() })
    }

    async fn is_in_trail(&self, position: Position) -> Result<bool, AppError> {
        let found = query_scalar!("select 1 from events where seq = ? and ? = 0", position.seq, position.xid)
            .fetch_optional(&self.readers)
            .await?;
        Ok(found.is_some())
    }

    async fn trail_after(&self, position: Position, limit: u32) -> Result<Vec<TrailEvent>, AppError> {
        let rows = query_as!(
            TrailRow,
            r#"select 0 as "xid!: i64", seq as "seq!", action, subject_kind, subject_id as "subject_id: Uuid",
                user_id as "user_id: Uuid"
            from events
            where seq > ?
            order by seq
            limit ?"#,
            position.seq,
            limit
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(TrailEvent::from).collect())
    }

    async fn mark(&self) -> Result<PollMark, AppError> {
        Ok(PollMark(self.end_of_trail().await?.seq))
    }

    /// Transactions are serial, so the numbers are in order of commit.
    async fn since(&self, mark: PollMark, limit: u32) -> Result<(Vec<TrailEvent>, PollMark), AppError> {
        let events = self.trail_after(Position { xid: 0, seq: mark.0 }, limit).await?;
        let next = events.last().map_or(mark, |event| PollMark(event.position.seq));
        Ok((events, next))
    }

    async fn active_users(&self, ids: &[UserId]) -> Result<Vec<User>, AppError> {
        let ids = json!(ids.iter().map(|id| id.0.simple()).collect::<Vec<_>>()).to_string();
        let rows = sql!(query_as!(
            Row,
            [
                "select " {user} " from users
                where id in (select unhex(value) from json_each(?)) and deleted_at is null"
            ],
            ids
        ))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(User::try_from).collect()
    }
}
