use async_trait::async_trait;
use sqlx::types::Uuid;

use super::stored_keys::KeysRow;
use crate::domain::{AppError, Email, FOLDING, User, UserId, fold, search_text};

/// The columns that folding derives from name and address (`name_key`, `email_key`, `search`), with the version of that
/// folding in each row.
#[async_trait]
pub trait DerivedColumns: Send + Sync {
    /// The number of users with columns of an earlier folding.
    async fn count_outdated(&self) -> Result<u64, AppError>;

    async fn has_outdated(&self) -> Result<bool, AppError>;

    /// Users with columns of an earlier folding, in order of `seq`, after the given one.
    async fn outdated(&self, after: i64, limit: u32) -> Result<Vec<DerivedRow>, AppError>;

    /// The stored sort keys of those of these users with columns of an earlier folding.
    async fn stored_keys(&self, ids: &[Uuid]) -> Result<Vec<KeysRow>, AppError>;

    /// The active user with this address key.
    async fn holder(&self, email_key: &str) -> Result<Option<User>, AppError>;

    /// Writes only the derived columns of users whose name and address are unchanged since they were read, in one
    /// transaction. Skips users that are locked by another writer. Returns the number of users written; `None` while
    /// another instance rebuilds.
    ///
    /// # Errors
    /// `Conflict` on `email` when another active user has one of the keys.
    async fn rederive(&self, users: &[DerivedRow]) -> Result<Option<u64>, AppError>;
}

/// The derived columns of a user and their sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivedRow {
    /// The position in the order of the rebuild.
    pub seq: i64,
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub is_deleted: bool,
    pub name_key: String,
    pub email_key: String,
    pub search: String,
    pub folding: i16,
}

impl DerivedRow {
    #[must_use]
    pub fn id(&self) -> UserId {
        UserId(self.id)
    }

    /// The same user with columns of the current folding.
    #[must_use]
    pub fn rebuilt(&self) -> Self {
        Self {
            name_key: fold(&self.name),
            email_key: Email::key_of(&self.email),
            search: search_text(&self.name, &self.email),
            folding: FOLDING,
            ..self.clone()
        }
    }

    /// The same user with the address key and folding version of `other`: the version belongs to the key.
    #[must_use]
    pub fn with_key_of(self, other: &Self) -> Self {
        Self { email_key: other.email_key.clone(), folding: other.folding, ..self }
    }
}
