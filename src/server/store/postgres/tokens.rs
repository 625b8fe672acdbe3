use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{query, query_as, query_scalar};

use super::{Postgres, connection::Connection};
use crate::{
    domain::{ApiToken, AppError, Timestamp, TokenId, UserId},
    server::{
        foundation::secret::Hash,
        store::{TokenRecord, Tokens, tokens::TokenRow},
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

pub async fn insert_token(connection: &mut Connection, token: &TokenRecord) -> Result<(), AppError> {
    let (hash, scopes, owner) = (token.hash.as_slice(), token.scopes.to_string(), token.owner.map(|owner| owner.0));
    query!(
        "insert into public.tokens (id, hash, name, scopes, owner_id, created_at, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7)",
        token.id.0,
        hash,
        token.name,
        scopes,
        owner,
        token.created_at.utc(),
        token.expires_at.map(Timestamp::utc)
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn has_token(connection: &mut Connection, id: TokenId) -> Result<bool, AppError> {
    let found = query!("select 1 as found from public.tokens where id = $1", id.0).fetch_optional(connection).await?;
    Ok(found.is_some())
}

pub async fn revoke_token(
    connection: &mut Connection,
    id: TokenId,
    now: Timestamp,
) -> Result<Option<String>, AppError> {
    let name = query_scalar!(
        "update public.tokens set revoked_at = $1 where id = $2 and revoked_at is null returning name",
        now.utc(),
        id.0
    );
    Ok(name.fetch_optional(connection).await?)
}

pub async fn revoke_tokens_of(
    connection: &mut Connection,
    owner: UserId,
    now: Timestamp,
) -> Result<Vec<(TokenId, String)>, AppError> {
    let revoked = query!(
        "update public.tokens set revoked_at = $1 where owner_id = $2 and revoked_at is null returning id, name",
        now.utc(),
        owner.0
    );
    Ok(revoked.fetch_all(connection).await?.into_iter().map(|token| (TokenId(token.id), token.name)).collect())
}
