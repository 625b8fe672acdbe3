//! The statements from which `transactions.rs`, `changes.rs` and `users.rs` compose transactions, whose control flow is
//! the same on both databases. Each database has its own SQL for a statement, checked at compile time.

use std::ops::DerefMut;

use secrecy::SecretString;
use uuid::Uuid;

use super::{EventRecord, KeyedRequest, LinkRecord, TokenRecord, UserRecord, last_admin};
use crate::{
    domain::{AppError, Role, Timestamp, TokenId, User, UserId},
    server::foundation::secret::Hash,
};

type Result<T> = std::result::Result<T, AppError>;

pub trait Database: Send + Sync {
    type Transaction: Transaction;

    fn begin(&self) -> impl Future<Output = Result<Self::Transaction>> + Send;
}

/// A transaction; dropped without a commit, it is rolled back.
pub trait Transaction: DerefMut<Target: Statements> + Send {
    fn commit(self) -> impl Future<Output = Result<()>> + Send;
}

/// Single statements, on a connection in a transaction.
///
/// Locks are for PostgreSQL, at the isolation level read committed. A transaction of SQLite holds the one write lock
/// from its beginning, so these methods do nothing there.
pub trait Statements: Send + Sized {
    /// Serializes transactions that can remove an admin, create the first one, or change many users.
    fn lock_admins(&mut self) -> impl Future<Output = Result<()>> + Send;

    /// Locks the row of a user. Taken before any of the user's other rows are changed, it prevents
    /// deadlocks.
    fn lock_user(&mut self, user: UserId) -> impl Future<Output = Result<()>> + Send;

    /// Locks and reads the active user with this address. Of two whose addresses collide by the current
    /// folding, the one stored under the earlier key.
    fn lock_user_by_email(&mut self, email: &str) -> impl Future<Output = Result<Option<User>>> + Send;

    /// # Errors
    /// `Conflict` on `email` when an active user has the address.
    fn insert_user(&mut self, user: &UserRecord) -> impl Future<Output = Result<()>> + Send;

    /// Optimistic concurrency: `None` when there is no active user in this version.
    ///
    /// # Errors
    /// `Conflict` on `email` when another active user has the address.
    fn update_user(&mut self, user: &UserRecord, version: i64) -> impl Future<Output = Result<Option<User>>> + Send;

    /// Marks an active user as deleted. `None` when there is no such active user.
    fn delete_user(&mut self, user: UserId, now: Timestamp) -> impl Future<Output = Result<Option<User>>> + Send;

    /// Makes a deleted user active. `None` when there is no such deleted user.
    ///
    /// # Errors
    /// `Conflict` on `email` when an active user has taken the address.
    fn restore_user(&mut self, user: UserId, now: Timestamp) -> impl Future<Output = Result<Option<User>>> + Send;

    /// Deletes the row of a user, and with it their account, sessions and links. Returns whether there was one.
    fn erase_user(&mut self, user: UserId) -> impl Future<Output = Result<bool>> + Send;

    /// Whether an active admin besides this user has a password.
    fn has_admin(&mut self, besides: Option<UserId>) -> impl Future<Output = Result<bool>> + Send;

    /// Whether this user is an admin with a password.
    fn is_admin(&mut self, user: UserId) -> impl Future<Output = Result<bool>> + Send;

    /// Locks an account until the transaction ends, and reads its role.
    fn lock_role(&mut self, user: UserId) -> impl Future<Output = Result<Option<Role>>> + Send;

    /// Creates or changes the account of an active user. Returns whether there is such a user.
    fn set_role(&mut self, user: UserId, role: Role, now: Timestamp) -> impl Future<Output = Result<bool>> + Send;

    /// Sets the password of an account. Returns whether there is such an account.
    fn set_password(&mut self, user: UserId, password_hash: &SecretString)
    -> impl Future<Output = Result<bool>> + Send;

    /// Replaces the hash of a password. Returns whether the account had the old one.
    fn replace_password(
        &mut self,
        user: UserId,
        old: &SecretString,
        new: &SecretString,
    ) -> impl Future<Output = Result<bool>> + Send;

    fn delete_account(&mut self, user: UserId) -> impl Future<Output = Result<()>> + Send;

    /// Deletes the session with this id, or all of the user, except for the one with this hash or previous hash. Returns
    /// their number.
    fn delete_sessions(
        &mut self,
        user: UserId,
        id: Option<Uuid>,
        except: Option<&Hash>,
    ) -> impl Future<Output = Result<u64>> + Send;

    fn insert_link(&mut self, link: &LinkRecord) -> impl Future<Output = Result<()>> + Send;

    /// Marks an unused link of this user as used. Returns whether there was one that has not expired.
    fn use_link(
        &mut self,
        hash: &Hash,
        user: Option<UserId>,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool>> + Send;

    fn delete_links(&mut self, user: UserId) -> impl Future<Output = Result<()>> + Send;

    fn delete_unused_links(&mut self, user: UserId) -> impl Future<Output = Result<()>> + Send;

    fn insert_token(&mut self, token: &TokenRecord) -> impl Future<Output = Result<()>> + Send;

    fn has_token(&mut self, id: TokenId) -> impl Future<Output = Result<bool>> + Send;

    /// Returns the name of the token, unless it is revoked already.
    fn revoke_token(&mut self, id: TokenId, now: Timestamp) -> impl Future<Output = Result<Option<String>>> + Send;

    /// Returns the ids and names of the owner's tokens that were not revoked already.
    fn revoke_tokens_of(
        &mut self,
        owner: UserId,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<(TokenId, String)>>> + Send;

    fn insert_events(&mut self, events: &[EventRecord]) -> impl Future<Output = Result<()>> + Send;

    /// Removes the values and addresses of a user from the audit trail.
    fn redact_events(&mut self, user: UserId) -> impl Future<Output = Result<()>> + Send;

    /// Saves the outcome of a request. Returns whether the request still owns its key.
    fn set_outcome(&mut self, request: &KeyedRequest, outcome: &str) -> impl Future<Output = Result<bool>> + Send;

    fn insert_event(&mut self, event: &EventRecord) -> impl Future<Output = Result<()>> + Send {
        self.insert_events(std::slice::from_ref(event))
    }
}

/// Fails when this user is the last admin who can sign in. Until the transaction ends, no other admin can
/// stop being one.
pub async fn ensure_admin_besides(connection: &mut impl Statements, user: UserId) -> Result<()> {
    connection.lock_admins().await?;
    connection.lock_user(user).await?;
    if connection.is_admin(user).await? && !connection.has_admin(Some(user)).await? {
        return Err(last_admin());
    }
    Ok(())
}

/// Sets the password of an account, and ends what the previous one gave access to.
pub async fn set_password(connection: &mut impl Statements, user: UserId, password_hash: &SecretString) -> Result<()> {
    ensure_found(connection.set_password(user, password_hash).await?)?;
    end_earlier_access(connection, user, None).await
}

pub fn ensure_found(is_found: bool) -> Result<()> {
    if is_found { Ok(()) } else { Err(AppError::no_such_user()) }
}

/// Ends what the previous password of a user gave access to: the unused links, and the sessions but one.
pub async fn end_earlier_access(connection: &mut impl Statements, user: UserId, keep: Option<&Hash>) -> Result<()> {
    connection.delete_unused_links(user).await?;
    connection.delete_sessions(user, None, keep).await?;
    Ok(())
}

/// Revokes the tokens of a user, as a consequence of the event.
pub async fn revoke_tokens_of(
    connection: &mut impl Statements,
    owner: UserId,
    now: Timestamp,
    event: &EventRecord,
) -> Result<()> {
    let revoked = connection.revoke_tokens_of(owner, now).await?;
    let events: Vec<_> = revoked.iter().map(|(id, name)| event.revoking(*id, name)).collect();
    connection.insert_events(&events).await
}
