use async_trait::async_trait;
use sqlx::query_scalar;

use super::Postgres;
use crate::{
    domain::{AppError, Timestamp, UserId},
    server::store::Trash,
};

#[async_trait]
impl Trash for Postgres {
    async fn deleted_before(&self, moment: Timestamp, limit: u32) -> Result<Vec<UserId>, AppError> {
        let ids = query_scalar!(
            "select id from public.users where deleted_at < $1 order by deleted_at limit $2",
            moment.utc(),
            i64::from(limit)
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(ids.into_iter().map(UserId).collect())
    }
}
