use async_trait::async_trait;
use sqlx::{query_scalar, types::Uuid};

use super::Sqlite;
use crate::{
    domain::{AppError, Timestamp, UserId},
    server::store::Trash,
};

#[async_trait]
impl Trash for Sqlite {
    async fn deleted_before(&self, moment: Timestamp, limit: u32) -> Result<Vec<UserId>, AppError> {
        let moment = moment.unix_micros();
        let ids = query_scalar!(
            r#"select id as "id: Uuid" from users where deleted_at < ? order by deleted_at limit ?"#,
            moment,
            limit
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(ids.into_iter().map(UserId).collect())
    }
}
