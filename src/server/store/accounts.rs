use async_trait::async_trait;
use secrecy::SecretString;
use uuid::Uuid;

use super::Link;
use crate::{
    domain::{AppError, Member, UserId},
    server::foundation::secret::Hash,
};

#[async_trait]
pub trait Accounts: Send + Sync {
    /// The account of the active user with this address, by its key.
    async fn account_by_email(&self, email_key: &str) -> Result<Option<Account>, AppError>;

    /// The account of an active user.
    async fn account(&self, user: UserId) -> Result<Option<Account>, AppError>;

    /// Whether an active admin has a password, and so can sign in.
    async fn has_admin(&self) -> Result<bool, AppError>;

    /// Replaces the hash of a password by another of the same password. `false` if `old` is no longer stored.
    async fn rehash_password(&self, user: UserId, old: &SecretString, new: &SecretString) -> Result<bool, AppError>;

    /// A link that sets a password, by the hash of its secret.
    async fn link(&self, hash: &Hash) -> Result<Option<Link>, AppError>;
}

/// An account, with its password.
#[derive(Debug, Clone)]
pub struct Account {
    pub member: Member,
    /// `None` until an invitation is accepted.
    pub password_hash: Option<SecretString>,
}

#[derive(Debug)]
pub struct AccountRow {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub role: String,
    pub password_hash: Option<String>,
}

impl TryFrom<AccountRow> for Account {
    type Error = AppError;

    fn try_from(row: AccountRow) -> Result<Self, AppError> {
        let AccountRow { id, name, email, role, password_hash } = row;
        let role = role.parse().map_err(AppError::internal)?;
        Ok(Self {
            member: Member { id: UserId(id), name, email, role },
            password_hash: password_hash.map(SecretString::from),
        })
    }
}
