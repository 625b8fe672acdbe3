//! The service for accounts, and the only place with rules about them.

mod links;
mod sign_in;

pub use sign_in::{Authenticated, SIGN_IN_DISABLED, wrong_password};

use std::{fmt, sync::Arc};

use secrecy::SecretString;
use uuid::Uuid;

use super::{identity::Actor, passwords::Passwords, users::Users};
use crate::{
    domain::{
        AccountStatus, Action, AppError, Deletion, FieldErrors, ListEvents, ListUsers, OwnAccount, Person, Role,
        Session, Timestamp, User, UserId,
    },
    server::{
        foundation::{
            clock::{Clock, Ids},
            public_url::PublicUrl,
        },
        store::{Account, Store},
    },
};

#[derive(Clone)]
pub struct Accounts {
    users: Users,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    passwords: Passwords,
    sign_in_policy: SignInPolicy,
}

/// The sign-in policy of this server.
#[derive(Debug, Clone)]
pub struct SignInPolicy {
    pub public_url: PublicUrl,
    /// `false` where passwords would cross a network unencrypted.
    pub is_enabled: bool,
}

impl Accounts {
    /// # Errors
    /// `Internal` when the system has no randomness.
    pub fn new(
        users: Users,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        sign_in_policy: SignInPolicy,
    ) -> Result<Self, AppError> {
        Ok(Self { users, store, clock, ids, passwords: Passwords::new()?, sign_in_policy })
    }

    /// A user with their account, for a page.
    ///
    /// # Errors
    /// Those of `Users::get`.
    pub async fn person(&self, actor: &Actor, id: UserId) -> Result<Person, AppError> {
        let user = self.users.get(actor, id).await?;
        let deletion = match user.deleted_at {
            Some(at) => Some(self.deletion(&user, self.users.erase_at(at)).await?),
            None => None,
        };
        let account = if actor.may_administer().is_ok() { Some(self.account_status(&user).await?) } else { None };
        Ok(Person { user, deletion, account })
    }

    async fn deletion(&self, user: &User, erase_at: Timestamp) -> Result<Deletion, AppError> {
        let query = ListEvents { action: Some(Action::UserDeleted), per_page: 1, ..ListEvents::of(user.id) };
        let by = self.store.events(&query, true).await?.into_iter().next().map(|event| event.actor);
        let query = ListUsers { email: Some(user.profile.email.clone()), per_page: 1, ..ListUsers::default() };
        let holder = self.store.list(&query).await?.items.into_iter().next();
        Ok(Deletion { by, erase_at, holder })
    }

    async fn account_status(&self, user: &User) -> Result<AccountStatus, AppError> {
        let account = self.store.account(user.id).await?;
        Ok(AccountStatus {
            role: account.as_ref().map(|account| account.member.role),
            has_password: account.is_some_and(|account| account.password_hash.is_some()),
        })
    }

    /// The signed-in user's account and sessions.
    ///
    /// # Errors
    /// `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn own(&self, actor: &Actor) -> Result<OwnAccount, AppError> {
        let member = actor.member()?.clone();
        let sessions = self.store.sessions_of(member.id, self.clock.now()?).await?;
        let session = |(hash, record): (_, crate::server::store::SessionRecord)| Session {
            id: record.id,
            current: actor.session == Some(hash),
            signed_in_at: record.signed_in_at,
            seen_at: record.seen_at,
            address: record.address,
            agent: record.agent,
        };
        Ok(OwnAccount { member, sessions: sessions.into_iter().map(session).collect() })
    }

    /// Changes the password of the signed-in user and ends their other sessions. If the password is changed or reset by
    /// another request in the meantime, the current one counts as wrong.
    ///
    /// # Errors
    /// `Invalid` on `current_password` or `password`; `TooManyRequests` like a sign-in;
    /// `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn change_password(
        &self,
        actor: &Actor,
        current: SecretString,
        new: SecretString,
    ) -> Result<(), AppError> {
        let member = actor.member()?;
        let wrong = || FieldErrors::one("current_password", "wrong", "is wrong");
        let verified = self.check_password(actor, &member.email, current).await?.ok_or_else(wrong)?.password_hash;
        let hash = self.passwords.hash_new(new, known_texts(&member.name, &member.email)).await?;
        let event = actor.event(Action::PasswordChanged, self.clock.now()?).about(member.id);
        let keep = actor.session.as_ref();
        let is_changed = self.store.change_password(member.id, &verified, &hash, keep, &event).await?;
        if is_changed { Ok(()) } else { Err(wrong().into()) }
    }

    /// Ends one session of the signed-in user, or all.
    ///
    /// # Errors
    /// `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn end_sessions(&self, actor: &Actor, which: Option<Uuid>) -> Result<(), AppError> {
        let member = actor.member()?;
        let event = actor.event(Action::SessionEnded, self.clock.now()?).about(member.id);
        self.store.end_sessions(member.id, which, &event).await?;
        Ok(())
    }

    /// Ends the session of this request.
    ///
    /// # Errors
    /// `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn sign_out(&self, actor: &Actor) -> Result<(), AppError> {
        let own = self.own(actor).await?;
        match own.sessions.iter().find(|session| session.current) {
            Some(session) => self.end_sessions(actor, Some(session.id)).await,
            None => Ok(()),
        }
    }

    /// Sets the role of a user, or removes their account.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` on `role` for the last admin; `Unauthorized`, `Forbidden`,
    /// `Unavailable`, `Internal`.
    pub async fn set_role(&self, actor: &Actor, id: UserId, role: Option<Role>) -> Result<(), AppError> {
        actor.may_manage_access()?;
        let before = self.store.account(id).await?.map(|account| account.member.role);
        if before == role {
            let active = self.store.get(id).await?.filter(|user| user.deleted_at.is_none());
            return active.map(drop).ok_or_else(AppError::no_such_user);
        }
        let now = self.clock.now()?;
        let event = actor.event(Action::RoleChanged, now).about(id);
        self.store.set_role(id, role, now, &event).await
    }

    async fn account_of(&self, id: UserId) -> Result<Account, AppError> {
        self.store.account(id).await?.ok_or_else(AppError::no_such_user)
    }
}

/// Strings that an attacker would guess first as the user's password.
fn known_texts(name: &str, email: &str) -> Vec<String> {
    vec![name.to_owned(), email.to_owned()]
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").finish_non_exhaustive()
    }
}
