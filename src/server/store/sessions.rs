use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{EventRecord, row::Moment};
use crate::{
    domain::{AppError, Role, Timestamp, UserId},
    server::auth::secret::Hash,
};

/// Who is signed in where.
#[async_trait]
pub trait Sessions: Send + Sync {
    async fn create_session(&self, hash: &Hash, session: &SessionRecord) -> Result<(), AppError>;

    /// Writes what changes in a session while it lasts. One that was ended stays so.
    async fn save_session(&self, hash: &Hash, session: &SessionRecord) -> Result<(), AppError>;

    /// The session, unless it has expired.
    async fn session(&self, hash: &Hash, now: Timestamp) -> Result<Option<SessionRecord>, AppError>;

    /// The sessions of a user that have not expired, the latest first, each with its hash.
    async fn sessions_of(&self, user: UserId, now: Timestamp) -> Result<Vec<(Hash, SessionRecord)>, AppError>;

    /// How many sessions have not expired, of everybody.
    async fn count_sessions(&self, now: Timestamp) -> Result<u32, AppError>;

    async fn delete_session(&self, hash: &Hash) -> Result<(), AppError>;

    /// Ends one session of a user, or all. Answers how many; without any, nothing is recorded.
    async fn end_sessions(&self, user: UserId, which: Option<Uuid>, event: &EventRecord) -> Result<u64, AppError>;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    pub id: Uuid,
    pub user: UserId,
    /// The role when the session's id was last renewed.
    pub role: Role,
    pub signed_in_at: Timestamp,
    pub seen_at: Timestamp,
    pub expires_at: Timestamp,
    pub address: Option<String>,
    pub agent: Option<String>,
}

/// A row of `sessions`.
#[derive(Debug)]
pub struct SessionRow<M> {
    pub hash: Vec<u8>,
    pub id: Uuid,
    pub user_id: Uuid,
    pub role: String,
    pub signed_in_at: M,
    pub seen_at: M,
    pub expires_at: M,
    pub address: Option<String>,
    pub agent: Option<String>,
}

impl<M: Moment> TryFrom<SessionRow<M>> for (Hash, SessionRecord) {
    type Error = AppError;

    fn try_from(row: SessionRow<M>) -> Result<Self, AppError> {
        let hash = Hash::try_from(row.hash).map_err(|_| AppError::internal("a stored hash has the wrong length"))?;
        let session = SessionRecord {
            id: row.id,
            user: UserId(row.user_id),
            role: row.role.parse().map_err(AppError::internal)?,
            signed_in_at: row.signed_in_at.stored()?,
            seen_at: row.seen_at.stored()?,
            expires_at: row.expires_at.stored()?,
            address: row.address,
            agent: row.agent,
        };
        Ok((hash, session))
    }
}
