use async_trait::async_trait;
use sqlx::{query_as, types::Uuid};

use super::Sqlite;
use crate::{
    domain::AppError,
    server::{
        foundation::secret::Hash,
        store::{Link, Links, links::LinkRow},
    },
};

type StoredLink = LinkRow<i64>;

#[async_trait]
impl Links for Sqlite {
    async fn link(&self, hash: &Hash) -> Result<Option<Link>, AppError> {
        let hash = hash.as_slice();
        query_as!(
            StoredLink,
            r#"select user_id as "user_id: Uuid", expires_at, used_at is not null as "used!: bool" from links where hash = ?"#,
            hash
        )
        .fetch_optional(&self.readers)
        .await?
        .map(Link::try_from)
        .transpose()
    }
}
