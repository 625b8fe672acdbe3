//! Changes that take several statements, each in one transaction with its audit events. They are the same on both
//! databases.

use async_trait::async_trait;
use secrecy::SecretString;
use uuid::Uuid;

use super::{
    EventRecord, LinkRecord, TokenRecord, UserRecord,
    statements::{
        Database, Statements, Transaction, end_earlier_access, ensure_admin_besides, ensure_found, revoke_tokens_of,
        set_password,
    },
};
use crate::{
    domain::{Action, AppError, Role, Timestamp, TokenId, UserId},
    server::foundation::secret::Hash,
};

#[async_trait]
pub trait Transactions: Send + Sync {
    /// Gives an active user a role, or takes away the account with its sessions and links. A user who is no longer an
    /// admin loses their API tokens. The event names the actor; the change is added to it here.
    ///
    /// # Errors
    /// `NotFound` if a role is given; `Conflict` on `role` for the last admin.
    async fn set_role(
        &self,
        user: UserId,
        role: Option<Role>,
        now: Timestamp,
        event: &EventRecord,
    ) -> Result<(), AppError>;

    /// Replaces a password, deletes the user's unused links, and ends their sessions but the one with the hash `keep`.
    /// `false` if the hash `old` is no longer stored; then nothing changes.
    async fn change_password(
        &self,
        user: UserId,
        old: &SecretString,
        new: &SecretString,
        keep: Option<&Hash>,
        event: &EventRecord,
    ) -> Result<bool, AppError>;

    /// Makes a user an admin with a password: a new user, or the active one with this address, who then gets this name.
    /// `None` if a link is given and it is used or there is an admin already. The event names the actor; the changes
    /// are added to it here.
    async fn create_admin(
        &self,
        user: &UserRecord,
        password_hash: &SecretString,
        link: Option<&Hash>,
        event: &EventRecord,
    ) -> Result<Option<UserId>, AppError>;

    /// Ends one session of a user, or all. Returns their number; if there were none, nothing is recorded.
    async fn end_sessions(&self, user: UserId, which: Option<Uuid>, event: &EventRecord) -> Result<u64, AppError>;

    /// Creates a link and deletes earlier ones of the same user.
    ///
    /// # Errors
    /// `NotFound` when its user has no account.
    async fn create_link(&self, link: &LinkRecord, event: Option<&EventRecord>) -> Result<(), AppError>;

    /// Uses a link: sets the password and ends all sessions of its user. `false` when it was used in the meantime.
    async fn redeem_link(
        &self,
        hash: &Hash,
        user: UserId,
        password_hash: &SecretString,
        now: Timestamp,
        event: &EventRecord,
    ) -> Result<bool, AppError>;

    /// # Errors
    /// `Forbidden` when the owner is no longer an admin.
    async fn create_token(&self, token: &TokenRecord, event: &EventRecord) -> Result<(), AppError>;

    /// Returns whether there is such a token; revoking it again changes and records nothing.
    async fn revoke_token(&self, id: TokenId, now: Timestamp, event: &EventRecord) -> Result<bool, AppError>;

    /// Records an event that is not part of another change.
    async fn record_event(&self, event: &EventRecord) -> Result<(), AppError>;
}

#[async_trait]
impl<D: Database> Transactions for D {
    async fn set_role(
        &self,
        user: UserId,
        role: Option<Role>,
        now: Timestamp,
        event: &EventRecord,
    ) -> Result<(), AppError> {
        let mut transaction = self.begin().await?;
        if role == Some(Role::Admin) {
            transaction.lock_user(user).await?;
        } else {
            ensure_admin_besides(&mut *transaction, user).await?;
            revoke_tokens_of(&mut *transaction, user, now, event).await?;
        }
        let before = transaction.lock_role(user).await?.map(Role::as_str);
        if let Some(role) = role {
            ensure_found(transaction.set_role(user, role, now).await?)?;
        } else {
            transaction.delete_links(user).await?;
            transaction.delete_account(user).await?;
        }
        let event = event.clone().changing("role", before, role.map(Role::as_str));
        if event.is_change() {
            transaction.insert_event(&event).await?;
        }
        transaction.commit().await
    }

    async fn change_password(
        &self,
        user: UserId,
        old: &SecretString,
        new: &SecretString,
        keep: Option<&Hash>,
        event: &EventRecord,
    ) -> Result<bool, AppError> {
        let mut transaction = self.begin().await?;
        transaction.lock_user(user).await?;
        if !transaction.replace_password(user, old, new).await? {
            return Ok(false);
        }
        end_earlier_access(&mut *transaction, user, keep).await?;
        transaction.insert_event(event).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn create_admin(
        &self,
        user: &UserRecord,
        password_hash: &SecretString,
        link: Option<&Hash>,
        event: &EventRecord,
    ) -> Result<Option<UserId>, AppError> {
        let mut transaction = self.begin().await?;
        if let Some(link) = link {
            transaction.lock_admins().await?;
            if transaction.has_admin(None).await? || !transaction.use_link(link, None, user.created_at).await? {
                return Ok(None);
            }
        }
        let holder = transaction.lock_user_by_email(&user.profile().email).await?;
        let id = holder.as_ref().map_or(user.id, |holder| holder.id);
        let mut events = Vec::new();
        match holder {
            None => {
                transaction.insert_user(user).await?;
                events.push(event.clone().creating(user));
            }
            Some(holder) if holder.profile.name != user.profile().name => {
                let renamed = user.renaming(&holder);
                transaction.update_user(&renamed, holder.version).await?;
                events.push(event.and(Action::UserUpdated).changing_profile(&holder.profile, renamed.profile()));
            }
            Some(_) => {}
        }
        let before = transaction.lock_role(id).await?.map(Role::as_str);
        ensure_found(transaction.set_role(id, Role::Admin, user.updated_at).await?)?;
        events.push(event.and(Action::RoleChanged).changing("role", before, Some(Role::Admin.as_str())));
        events.retain(EventRecord::is_change);
        set_password(&mut *transaction, id, password_hash).await?;
        events.push(event.and(Action::PasswordChanged));
        let events: Vec<_> = events.into_iter().map(|event| event.about(id)).collect();
        transaction.insert_events(&events).await?;
        transaction.commit().await?;
        Ok(Some(id))
    }

    async fn end_sessions(&self, user: UserId, which: Option<Uuid>, event: &EventRecord) -> Result<u64, AppError> {
        let mut transaction = self.begin().await?;
        let ended = transaction.delete_sessions(user, which, None).await?;
        if ended > 0 {
            transaction.insert_event(event).await?;
            transaction.commit().await?;
        }
        Ok(ended)
    }

    async fn create_link(&self, link: &LinkRecord, event: Option<&EventRecord>) -> Result<(), AppError> {
        let mut transaction = self.begin().await?;
        if let Some(user) = link.user {
            transaction.lock_user(user).await?;
            ensure_found(transaction.lock_role(user).await?.is_some())?;
            transaction.delete_links(user).await?;
        }
        transaction.insert_link(link).await?;
        if let Some(event) = event {
            transaction.insert_event(event).await?;
        }
        transaction.commit().await
    }

    async fn redeem_link(
        &self,
        hash: &Hash,
        user: UserId,
        password_hash: &SecretString,
        now: Timestamp,
        event: &EventRecord,
    ) -> Result<bool, AppError> {
        let mut transaction = self.begin().await?;
        transaction.lock_user(user).await?;
        if !transaction.use_link(hash, Some(user), now).await? {
            return Ok(false);
        }
        set_password(&mut *transaction, user, password_hash).await?;
        transaction.insert_event(event).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn create_token(&self, token: &TokenRecord, event: &EventRecord) -> Result<(), AppError> {
        let mut transaction = self.begin().await?;
        if let Some(owner) = token.owner {
            transaction.lock_user(owner).await?;
            if transaction.lock_role(owner).await? != Some(Role::Admin) {
                return Err(AppError::forbidden());
            }
        }
        transaction.insert_token(token).await?;
        transaction.insert_event(event).await?;
        transaction.commit().await
    }

    async fn revoke_token(&self, id: TokenId, now: Timestamp, event: &EventRecord) -> Result<bool, AppError> {
        let mut transaction = self.begin().await?;
        let Some(name) = transaction.revoke_token(id, now).await? else {
            return transaction.has_token(id).await;
        };
        transaction.insert_event(&event.revoking(id, &name)).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn record_event(&self, event: &EventRecord) -> Result<(), AppError> {
        let mut transaction = self.begin().await?;
        transaction.insert_event(event).await?;
        transaction.commit().await
    }
}
