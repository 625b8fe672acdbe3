use async_trait::async_trait;
use secrecy::SecretString;
use uuid::Uuid;

use super::{EventRecord, row::Moment};
use crate::{
    domain::{AppError, Timestamp, UserId},
    server::foundation::secret::Hash,
};

/// Links that let somebody set a password, once.
#[async_trait]
pub trait Links: Send + Sync {
    /// Keeps a link; earlier ones for the same user open nothing from now on.
    ///
    /// # Errors
    /// `NotFound` when its user has no account.
    async fn create_link(&self, link: &LinkRecord, event: Option<&EventRecord>) -> Result<(), AppError>;

    async fn link(&self, hash: &Hash) -> Result<Option<Link>, AppError>;

    /// Uses a link up: sets the password and ends all sessions of its user. `false` when it was
    /// used meanwhile.
    async fn redeem_link(
        &self,
        hash: &Hash,
        user: UserId,
        password_hash: &SecretString,
        now: Timestamp,
        event: &EventRecord,
    ) -> Result<bool, AppError>;
}

/// A link to be stored.
#[derive(Debug, Clone)]
pub struct LinkRecord {
    pub hash: Hash,
    /// `None`: makes the first admin.
    pub user: Option<UserId>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A link as it is stored.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    pub user: Option<UserId>,
    pub expires_at: Timestamp,
    pub used: bool,
}

/// A row of `links`.
#[derive(Debug)]
pub struct LinkRow<M> {
    pub user_id: Option<Uuid>,
    pub expires_at: M,
    pub used: bool,
}

impl<M: Moment> TryFrom<LinkRow<M>> for Link {
    type Error = AppError;

    fn try_from(row: LinkRow<M>) -> Result<Self, AppError> {
        Ok(Self { user: row.user_id.map(UserId), expires_at: row.expires_at.stored()?, used: row.used })
    }
}
