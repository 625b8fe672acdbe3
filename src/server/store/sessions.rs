use async_trait::async_trait;
use secrecy::SecretString;
use uuid::Uuid;

use super::row::Moment;
use crate::{
    domain::{AppError, Member, Role, Timestamp, UserId},
    server::foundation::secret::Hash,
};

/// The sessions of signed-in users.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Creates a session if its user is active and the account has exactly this password hash, or none: a sign-in that
    /// verified an earlier password, or a user who is deleted now, comes too late. Either it fails, or the change of
    /// password or the deletion ends the session.
    async fn create_session(
        &self,
        hash: &Hash,
        session: &SessionRecord,
        password_hash: Option<&SecretString>,
    ) -> Result<bool, AppError>;

    /// Saves the mutable fields of a session. `false` if it has ended or has another hash by now.
    async fn save_session(&self, hash: &Hash, session: &SessionRecord) -> Result<bool, AppError>;

    /// Gives a session another hash at `seen_at`, and saves its mutable fields. With `keeps_old` the old hash stays valid
    /// for `SESSION_RENEWAL_GRACE`. `false` if it has ended or has another hash already.
    async fn renew_session(
        &self,
        old: &Hash,
        new: &Hash,
        session: &SessionRecord,
        keeps_old: bool,
    ) -> Result<bool, AppError>;

    /// The session with this hash, or this valid previous one: its current hash, the session, and the current account of
    /// its user, read in one statement because every request needs them. `None` if it has expired or the user can no
    /// longer sign in.
    async fn session(&self, hash: &Hash, now: Timestamp) -> Result<Option<(Hash, SessionRecord, Member)>, AppError>;

    /// The unexpired sessions of a user, the latest first, each with its hash.
    async fn sessions_of(&self, user: UserId, now: Timestamp) -> Result<Vec<(Hash, SessionRecord)>, AppError>;

    /// The number of all unexpired sessions.
    async fn count_sessions(&self, now: Timestamp) -> Result<u32, AppError>;

    /// Deletes the session with this hash or this previous one. Returns whether there was one.
    async fn delete_session(&self, hash: &Hash) -> Result<bool, AppError>;

    /// Deletes expired sessions and links, and sign-in attempts before `attempts`.
    async fn prune_expired(&self, now: Timestamp, attempts: Timestamp) -> Result<(), AppError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    pub id: Uuid,
    pub user: UserId,
    /// The role when the session's secret was last renewed.
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

/// A row of `sessions` joined with `accounts` and `users`.
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
    /// The current role of the user.
    pub role_now: String,
}

impl<M: Moment> TryFrom<SignedInRow<M>> for (Hash, SessionRecord, Member) {
    type Error = AppError;

    fn try_from(row: SignedInRow<M>) -> Result<Self, AppError> {
        let SignedInRow { hash, id, user_id, role, signed_in_at, seen_at, expires_at, address, agent, .. } = row;
        let session = SessionRow { hash, id, user_id, role, signed_in_at, seen_at, expires_at, address, agent };
        let (hash, session): (Hash, SessionRecord) = session.try_into()?;
        let role = row.role_now.parse().map_err(AppError::internal)?;
        let member = Member { id: session.user, name: row.name, email: row.email, role };
        Ok((hash, session, member))
    }
}
