use async_trait::async_trait;
use sqlx::{query, query_as, types::Uuid};

use super::Sqlite;
use crate::{
    domain::{ApiToken, AppError, Timestamp, TokenId},
    server::{
        foundation::secret::Hash,
        store::{Tokens, tokens::TokenRow},
    },
};

type Row = TokenRow<i64>;

#[async_trait]
impl Tokens for Sqlite {
    async fn tokens(&self) -> Result<Vec<ApiToken>, AppError> {
        let rows = query_as!(
            Row,
            r#"select tokens.id as "id: Uuid", tokens.name, scopes, users.name as "owner?", tokens.created_at, expires_at,
                last_used_at, revoked_at
            from tokens left join users on users.id = owner_id
            order by tokens.id desc"#
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(ApiToken::try_from).collect()
    }

    async fn token(&self, hash: &Hash) -> Result<Option<ApiToken>, AppError> {
        let hash = hash.as_slice();
        query_as!(
            Row,
            r#"select tokens.id as "id: Uuid", tokens.name, scopes, users.name as "owner?", tokens.created_at, expires_at,
                last_used_at, revoked_at
            from tokens left join users on users.id = owner_id
            where hash = ?"#,
            hash
        )
        .fetch_optional(&self.readers)
        .await?
        .map(ApiToken::try_from)
        .transpose()
    }

    async fn touch_token(&self, id: TokenId, at: Timestamp) -> Result<(), AppError> {
        let at = at.unix_micros();
        query!("update tokens set last_used_at = ? where id = ?", at, id.0).execute(&self.writer).await?;
        Ok(())
    }
}
