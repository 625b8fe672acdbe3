use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::query_as;

use super::Postgres;
use crate::{
    domain::AppError,
    server::{
        foundation::secret::Hash,
        store::{Link, Links, links::LinkRow},
    },
};

type StoredLink = LinkRow<DateTime<Utc>>;

#[async_trait]
impl Links for Postgres {
    async fn link(&self, hash: &Hash) -> Result<Option<Link>, AppError> {
        let hash = hash.as_slice();
        query_as!(
            StoredLink,
            r#"select user_id, expires_at, used_at is not null as "used!" from public.links where hash = $1"#,
            hash
        )
        .fetch_optional(&self.pool)
        .await?
        .map(Link::try_from)
        .transpose()
    }
}
