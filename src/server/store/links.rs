//! Single-use links with which a user can set a password.

use uuid::Uuid;

use super::row::Moment;
use crate::{
    domain::{AppError, Timestamp, UserId},
    server::foundation::secret::Hash,
};

/// A link to be stored.
#[derive(Debug, Clone)]
pub struct LinkRecord {
    pub hash: Hash,
    /// `None` for the setup link, which creates the first admin.
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
