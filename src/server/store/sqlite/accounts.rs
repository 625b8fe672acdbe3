use async_trait::async_trait;
use secrecy::SecretString;
use sqlx::{query_as, types::Uuid};

use super::Sqlite;
use crate::{
    domain::{AppError, UserId},
    server::{
        foundation::secret::Hash,
        store::{Account, Accounts, Link, accounts::AccountRow, links::LinkRow, statements::Statements},
    },
};

type StoredLink = LinkRow<i64>;

#[async_trait]
impl Accounts for Sqlite {
    async fn account_by_email(&self, email_key: &str) -> Result<Option<Account>, AppError> {
        query_as!(
            AccountRow,
            r#"select users.id as "id: Uuid", name, email, role, password_hash
            from users join accounts on accounts.user_id = users.id
            where email_key = ? and deleted_at is null"#,
            email_key
        )
        .fetch_optional(&self.readers)
        .await?
        .map(Account::try_from)
        .transpose()
    }

    async fn account(&self, user: UserId) -> Result<Option<Account>, AppError> {
        query_as!(
            AccountRow,
            r#"select users.id as "id: Uuid", name, email, role, password_hash
            from users join accounts on accounts.user_id = users.id
            where users.id = ? and deleted_at is null"#,
            user.0
        )
        .fetch_optional(&self.readers)
        .await?
        .map(Account::try_from)
        .transpose()
    }

    async fn has_admin(&self) -> Result<bool, AppError> {
        self.readers.acquire().await?.has_admin(None).await
    }

    async fn rehash_password(&self, user: UserId, old: &SecretString, new: &SecretString) -> Result<bool, AppError> {
        self.writer.acquire().await?.replace_password(user, old, new).await
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
}
