use async_trait::async_trait;
use sqlx::{SqliteConnection, query, query_as, query_scalar, types::Uuid};

use super::{Sqlite, events::insert_events};
use crate::{
    domain::{ApiToken, AppError, Timestamp, TokenId, UserId},
    server::{
        foundation::secret::Hash,
        store::{EventRecord, TokenRecord, Tokens, tokens::TokenRow},
    },
};

type Row = TokenRow<i64>;

#[async_trait]
impl Tokens for Sqlite {
    async fn create_token(&self, token: &TokenRecord, event: &EventRecord) -> Result<(), AppError> {
        let mut transaction = self.begin().await?;
        if let Some(owner) = token.owner {
            let admin = query!("select 1 as found from accounts where user_id = ? and role = 'admin'", owner.0);
            if admin.fetch_optional(&mut *transaction).await?.is_none() {
                return Err(AppError::forbidden());
            }
        }
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
        .execute(&mut *transaction)
        .await?;
        insert_events(&mut transaction, std::slice::from_ref(event)).await?;
        Ok(transaction.commit().await?)
    }

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

    async fn revoke_token(&self, id: TokenId, now: Timestamp, event: &EventRecord) -> Result<bool, AppError> {
        let mut transaction = self.begin().await?;
        let at = now.unix_micros();
        let name = query_scalar!(
            "update tokens set revoked_at = ? where id = ? and revoked_at is null returning name",
            at,
            id.0
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(name) = name else {
            let known = query!("select 1 as found from tokens where id = ?", id.0);
            return Ok(known.fetch_optional(&mut *transaction).await?.is_some());
        };
        insert_events(&mut transaction, &[event.revoking(&name)]).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

/// Revokes what tokens a user owns, as part of what is done to the user.
pub async fn revoke_tokens_of(
    connection: &mut SqliteConnection,
    owner: UserId,
    now: Timestamp,
    event: &EventRecord,
) -> Result<(), AppError> {
    let at = now.unix_micros();
    let names = query_scalar!(
        "update tokens set revoked_at = ? where owner_id = ? and revoked_at is null returning name",
        at,
        owner.0
    )
    .fetch_all(&mut *connection)
    .await?;
    let events: Vec<_> = names.iter().map(|name| event.revoking(name)).collect();
    insert_events(connection, &events).await
}
