use async_trait::async_trait;
use secrecy::SecretString;
use uuid::Uuid;

use super::{EventRecord, UserRecord};
use crate::{
    domain::{AppError, Member, Role, Timestamp, UserId},
    server::foundation::secret::Hash,
};

/// Who may sign in.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// The account of the active user with this address, by its key.
    async fn account_by_email(&self, email_key: &str) -> Result<Option<Account>, AppError>;

    /// The account of an active user.
    async fn account(&self, user: UserId) -> Result<Option<Account>, AppError>;

    /// Whether an active admin has a password, and so can sign in.
    async fn has_admin(&self) -> Result<bool, AppError>;

    /// Gives an active user a role, or takes it away with everything that hangs on it. Who is an
    /// admin no longer loses their API tokens, too.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` on `role` for the last admin.
    async fn set_role(
        &self,
        user: UserId,
        role: Option<Role>,
        now: Timestamp,
        event: &EventRecord,
    ) -> Result<(), AppError>;

    /// Sets a password; links that could set another open nothing from now on. Ends the user's
    /// sessions but the one with this hash.
    ///
    /// # Errors
    /// `NotFound` without an account.
    async fn set_password(
        &self,
        user: UserId,
        password_hash: &SecretString,
        keep: Option<&Hash>,
        event: &EventRecord,
    ) -> Result<(), AppError>;

    /// Puts another hash of the same password in the place of the old one, if that is still there.
    async fn rehash_password(&self, user: UserId, old: &SecretString, new: &SecretString) -> Result<(), AppError>;

    /// Makes a user an admin with a password: a new user, or the active one who has the address
    /// already, who then bears the name given. With a link, only if it is unused and there is no
    /// admin yet; answers `None` otherwise. The event says who does it; what exactly becomes of
    /// the user is recorded here.
    async fn create_admin(
        &self,
        user: &UserRecord,
        password_hash: &SecretString,
        link: Option<&Hash>,
        event: &EventRecord,
    ) -> Result<Option<UserId>, AppError>;
}

/// Who may sign in as what, and with which password.
#[derive(Debug, Clone)]
pub struct Account {
    pub member: Member,
    /// `None` until an invitation is accepted.
    pub password_hash: Option<SecretString>,
}

/// A row of `accounts` with its user's.
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
