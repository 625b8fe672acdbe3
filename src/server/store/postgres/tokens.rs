use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{query, query_as};

use super::Postgres;
use crate::{
    domain::{ApiToken, AppError, Timestamp, TokenId},
    server::{
        foundation::secret::Hash,
        store::{Tokens, tokens::TokenRow},
    },
};

type Row = TokenRow<DateTime<Utc>>;

#[async_trait]
impl Tokens for Postgres {
    async fn tokens(&self) -> Result<Vec<ApiToken>, AppError> {
        let rows = query_as!(
            Row,
            r#"select tokens.id, tokens.name, scopes, users.name as "owner?", tokens.created_at, expires_at,
                last_used_at, revoked_at
            from public.tokens left join public.users on users.id = owner_id
            order by tokens.id desc"#
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(ApiToken::try_from).collect()
    }

    async fn token(&self, hash: &Hash) -> Result<Option<ApiToken>, AppError> {
        let hash = hash.as_slice();
        query_as!(
            Row,
            r#"select tokens.id, tokens.name, scopes, users.name as "owner?", tokens.created_at, expires_at,
                last_used_at, revoked_at
            from public.tokens left join public.users on users.id = owner_id
            where hash = $1"#,
            hash
        )
        .fetch_optional(&self.pool)
        .await?
        .map(ApiToken::try_from)
        .transpose()
    }

    async fn touch_token(&self, id: TokenId, at: Timestamp) -> Result<(), AppError> {
        query!("update public.tokens set last_used_at = $1 where id = $2", at.utc(), id.0).execute(&self.pool).await?;
        Ok(())
    }
}
