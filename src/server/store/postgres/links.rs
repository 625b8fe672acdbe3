use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use sqlx::{query, query_as};

use super::{
    Postgres,
    accounts::{lock_user, set_password},
    connection::Connection,
    events::insert_events,
};
use crate::{
    domain::{AppError, Timestamp, UserId},
    server::{
        foundation::secret::Hash,
        store::{EventRecord, Link, LinkRecord, Links, links::LinkRow},
    },
};

type StoredLink = LinkRow<DateTime<Utc>>;

#[async_trait]
impl Links for Postgres {
    async fn create_link(&self, link: &LinkRecord, event: Option<&EventRecord>) -> Result<(), AppError> {
        let mut transaction = self.begin().await?;
        if let Some(user) = link.user {
            lock_user(&mut transaction, user).await?;
            let account = query!("select 1 as found from public.accounts where user_id = $1", user.0);
            if account.fetch_optional(&mut *transaction).await?.is_none() {
                return Err(AppError::no_such_user());
            }
            query!("delete from public.links where user_id = $1", user.0).execute(&mut *transaction).await?;
        }
        let (hash, user) = (link.hash.as_slice(), link.user.map(|user| user.0));
        query!(
            "insert into public.links (hash, user_id, created_at, expires_at) values ($1, $2, $3, $4)",
            hash,
            user,
            link.created_at.utc(),
            link.expires_at.utc()
        )
        .execute(&mut *transaction)
        .await?;
        insert_events(&mut transaction, event.map(std::slice::from_ref).unwrap_or_default()).await?;
        Ok(transaction.commit().await?)
    }

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

    async fn redeem_link(
        &self,
        hash: &Hash,
        user: UserId,
        password_hash: &SecretString,
        now: Timestamp,
        event: &EventRecord,
    ) -> Result<bool, AppError> {
        let mut transaction = self.begin().await?;
        lock_user(&mut transaction, user).await?;
        if !use_link(&mut transaction, hash, Some(user), now).await? {
            return Ok(false);
        }
        set_password(&mut transaction, user, password_hash).await?;
        query!("delete from public.sessions where user_id = $1", user.0).execute(&mut *transaction).await?;
        insert_events(&mut transaction, std::slice::from_ref(event)).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

/// Whether a link of this user was there to be used; it is used up now.
pub async fn use_link(
    connection: &mut Connection,
    hash: &Hash,
    user: Option<UserId>,
    now: Timestamp,
) -> Result<bool, AppError> {
    let (hash, user) = (hash.as_slice(), user.map(|user| user.0));
    let redeemed = query!(
        "update public.links set used_at = $1
        where hash = $2 and user_id is not distinct from $3 and used_at is null and expires_at > $1",
        now.utc(),
        hash,
        user
    );
    Ok(redeemed.execute(connection).await?.rows_affected() > 0)
}
