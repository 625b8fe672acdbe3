use async_trait::async_trait;
use secrecy::SecretString;
use sqlx::{SqliteConnection, query, query_as, types::Uuid};

use super::{Sqlite, accounts::set_password, events::insert_events};
use crate::{
    domain::{AppError, Timestamp, UserId},
    server::{
        foundation::secret::Hash,
        store::{EventRecord, Link, LinkRecord, Links, links::LinkRow},
    },
};

type StoredLink = LinkRow<i64>;

#[async_trait]
impl Links for Sqlite {
    async fn create_link(&self, link: &LinkRecord, event: Option<&EventRecord>) -> Result<(), AppError> {
        let mut transaction = self.begin().await?;
        if let Some(user) = link.user {
            let account = query!("select 1 as found from accounts where user_id = ?", user.0);
            if account.fetch_optional(&mut *transaction).await?.is_none() {
                return Err(AppError::no_such_user());
            }
            query!("delete from links where user_id = ?", user.0).execute(&mut *transaction).await?;
        }
        let (hash, user) = (link.hash.as_slice(), link.user.map(|user| user.0));
        let (created_at, expires_at) = (link.created_at.unix_micros(), link.expires_at.unix_micros());
        query!(
            "insert into links (hash, user_id, created_at, expires_at) values (?, ?, ?, ?)",
            hash,
            user,
            created_at,
            expires_at
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
            r#"select user_id as "user_id: Uuid", expires_at, used_at is not null as "used!: bool" from links where hash = ?"#,
            hash
        )
        .fetch_optional(&self.readers)
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
        if !use_link(&mut transaction, hash, Some(user), now).await? {
            return Ok(false);
        }
        set_password(&mut transaction, user, password_hash).await?;
        query!("delete from sessions where user_id = ?", user.0).execute(&mut *transaction).await?;
        insert_events(&mut transaction, std::slice::from_ref(event)).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

/// Whether a link of this user was there to be used; it is used up now.
pub async fn use_link(
    connection: &mut SqliteConnection,
    hash: &Hash,
    user: Option<UserId>,
    now: Timestamp,
) -> Result<bool, AppError> {
    let (hash, user, now) = (hash.as_slice(), user.map(|user| user.0), now.unix_micros());
    let redeemed = query!(
        "update links set used_at = ? where hash = ? and user_id is ? and used_at is null and expires_at > ?",
        now,
        hash,
        user,
        now
    );
    Ok(redeemed.execute(connection).await?.rows_affected() > 0)
}
