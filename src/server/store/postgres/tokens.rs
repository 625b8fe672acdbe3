use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{query, query_as, query_scalar};

use super::{Postgres, connection::Connection, events::insert_events};
use crate::{
    domain::{ApiToken, AppError, Timestamp, TokenId, UserId},
    server::{
        foundation::secret::Hash,
        store::{EventRecord, TokenRecord, Tokens, tokens::TokenRow},
    },
};

type Row = TokenRow<DateTime<Utc>>;

#[async_trait]
impl Tokens for Postgres {
    async fn create_token(&self, token: &TokenRecord, event: &EventRecord) -> Result<(), AppError> {
        let mut transaction = self.begin().await?;
        if let Some(owner) = token.owner {
            let admin = query!(
                "select 1 as found from public.accounts where user_id = $1 and role = 'admin' for share",
                owner.0
            );
            if admin.fetch_optional(&mut *transaction).await?.is_none() {
                return Err(AppError::forbidden());
            }
        }
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
        .execute(&mut *transaction)
        .await?;
        insert_events(&mut transaction, std::slice::from_ref(event)).await?;
        Ok(transaction.commit().await?)
    }

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

    async fn revoke_token(&self, id: TokenId, now: Timestamp, event: &EventRecord) -> Result<bool, AppError> {
        let mut transaction = self.begin().await?;
        let name = query_scalar!(
            "update public.tokens set revoked_at = $1 where id = $2 and revoked_at is null returning name",
            now.utc(),
            id.0
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(name) = name else {
            let known = query!("select 1 as found from public.tokens where id = $1", id.0);
            return Ok(known.fetch_optional(&mut *transaction).await?.is_some());
        };
        insert_events(&mut transaction, &[event.revoking(&name)]).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

/// Revokes what tokens a user owns, as part of what is done to the user.
pub async fn revoke_tokens_of(
    connection: &mut Connection,
    owner: UserId,
    now: Timestamp,
    event: &EventRecord,
) -> Result<(), AppError> {
    let names = query_scalar!(
        "update public.tokens set revoked_at = $1 where owner_id = $2 and revoked_at is null returning name",
        now.utc(),
        owner.0
    )
    .fetch_all(&mut *connection)
    .await?;
    let events: Vec<_> = names.iter().map(|name| event.revoking(name)).collect();
    insert_events(connection, &events).await
}
