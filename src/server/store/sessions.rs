use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{EventRecord, row::Moment};
use crate::{
    domain::{AppError, Member, Role, Timestamp, UserId},
    server::foundation::secret::Hash,
};

/// Who is signed in where.
#[async_trait]
pub trait Sessions: Send + Sync {
    async fn create_session(&self, hash: &Hash, session: &SessionRecord) -> Result<(), AppError>;

    /// Writes what changes in a session while it lasts. One that was ended stays so.
    async fn save_session(&self, hash: &Hash, session: &SessionRecord) -> Result<(), AppError>;

    /// The session, and its member as they are now, in one statement: each request asks. `None` once it
    /// has expired or they may not sign in any more.
    async fn session(&self, hash: &Hash, now: Timestamp) -> Result<Option<(SessionRecord, Member)>, AppError>;

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

/// A row of `sessions` with its member's.
#[derive(Debug)]
pub struct SignedInRow<M> {
    pub hash: Vec<u8>,
    pub id: Uuid,
    pub user_id: Uuid,
    pub role: String,
    pub signed_in_at: M,
    pub seen_at: M,
    pub expires_at: M,
    pub address: Option<String>,
    pub agent: Option<String>,
    pub name: String,
    pub email: String,
    /// The role of the member, who may have another by now.
    pub role_now: String,
}

impl<M: Moment> TryFrom<SignedInRow<M>> for (SessionRecord, Member) {
    type Error = AppError;

    fn try_from(row: SignedInRow<M>) -> Result<Self, AppError> {
        let SignedInRow { hash, id, user_id, role, signed_in_at, seen_at, expires_at, address, agent, .. } = row;
        let session = SessionRow { hash, id, user_id, role, signed_in_at, seen_at, expires_at, address, agent };
        let (_, session) = session.try_into()?;
        let role = row.role_now.parse().map_err(AppError::internal)?;
        let member = Member { id: session.user, name: row.name, email: row.email, role };
        Ok((session, member))
    }
}
