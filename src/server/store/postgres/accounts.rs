use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use sqlx::query_as;

use super::Postgres;
use crate::{
    domain::{AppError, UserId},
    server::{
        foundation::secret::Hash,
        store::{Account, Accounts, Link, accounts::AccountRow, links::LinkRow, statements::Statements},
    },
};

type StoredLink = LinkRow<DateTime<Utc>>;

#[async_trait]
impl Accounts for Postgres {
    async fn account_by_email(&self, email_key: &str) -> Result<Option<Account>, AppError> {
        query_as!(
            AccountRow,
            "select users.id, name, email, role, password_hash
            from public.users join public.accounts on accounts.user_id = users.id
            where email_key = $1 and deleted_at is null",
            email_key
        )
        .fetch_optional(&self.pool)
        .await?
        .map(Account::try_from)
        .transpose()
    }

    async fn account(&self, user: UserId) -> Result<Option<Account>, AppError> {
        query_as!(
            AccountRow,
            "select users.id, name, email, role, password_hash
            from public.users join public.accounts on accounts.user_id = users.id
            where users.id = $1 and deleted_at is null",
            user.0
        )
        .fetch_optional(&self.pool)
        .await?
        .map(Account::try_from)
        .transpose()
    }

    async fn has_admin(&self) -> Result<bool, AppError> {
        self.pool.acquire().await?.has_admin(None).await
    }

    async fn rehash_password(&self, user: UserId, old: &SecretString, new: &SecretString) -> Result<bool, AppError> {
        self.pool.acquire().await?.replace_password(user, old, new).await
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
}
