use async_trait::async_trait;
use sqlx::{SqliteConnection, query, query_as, query_scalar, types::Uuid};

use super::Sqlite;
use crate::{
    domain::{ApiToken, AppError, Timestamp, TokenId, UserId},
    server::{
        foundation::secret::Hash,
        store::{TokenRecord, Tokens, tokens::TokenRow},
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

pub async fn insert_token(connection: &mut SqliteConnection, token: &TokenRecord) -> Result<(), AppError> {
    let (hash, scopes, owner) = (token.hash.as_slice(), token.scopes.to_string(), token.owner.map(|owner| owner.0));
    let (created_at, expires_at) = (token.created_at.unix_micros(), token.expires_at.map(Timestamp::unix_micros));
    query!(
        "insert into tokens (id, hash, name, scopes, owner_id, created_at, expires_at) values (?, ?, ?, ?, ?, ?, ?)",
        token.id.0,
        hash,
        token.name,
        scopes,
        owner,
        created_at,
        expires_at
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn has_token(connection: &mut SqliteConnection, id: TokenId) -> Result<bool, AppError> {
    let found = query!("select 1 as found from tokens where id = ?", id.0).fetch_optional(connection).await?;
    Ok(found.is_some())
}

pub async fn revoke_token(
    connection: &mut SqliteConnection,
    id: TokenId,
    now: Timestamp,
) -> Result<Option<String>, AppError> {
    let now = now.unix_micros();
    let name =
        query_scalar!("update tokens set revoked_at = ? where id = ? and revoked_at is null returning name", now, id.0);
    Ok(name.fetch_optional(connection).await?)
}

pub async fn revoke_tokens_of(
    connection: &mut SqliteConnection,
    owner: UserId,
    now: Timestamp,
) -> Result<Vec<(TokenId, String)>, AppError> {
    let now = now.unix_micros();
    let revoked = query!(
        r#"update tokens set revoked_at = ? where owner_id = ? and revoked_at is null returning id as "id: Uuid", name"#,
        now,
        owner.0
    );
    Ok(revoked.fetch_all(connection).await?.into_iter().map(|token| (TokenId(token.id), token.name)).collect())
}
