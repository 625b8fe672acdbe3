use secrecy::SecretString;

use super::Accounts;
use crate::{
    domain::{Action, AppError, Email, FieldErrors, Member, Timestamp, UserId, email_keys},
    server::{
        foundation::{
            client_ip,
            limits::{SIGN_IN_FAILURE_WINDOW, SIGN_IN_FAILURES_ON_ALL_ACCOUNTS, SIGN_IN_FAILURES_ON_ONE_ACCOUNT},
            secret,
            telemetry::PasswordCheck,
        },
        services::{identity::Actor, passwords::Verdict},
        store::{Account, Attempt, AttemptLimits},
    },
};

const LIMITS: AttemptLimits = AttemptLimits {
    on_one_account: SIGN_IN_FAILURES_ON_ONE_ACCOUNT,
    on_all_accounts: SIGN_IN_FAILURES_ON_ALL_ACCOUNTS,
};

/// A member who has proved or set their password. A session starts only while the password is still the same.
#[derive(Debug, Clone)]
pub struct Authenticated {
    pub member: Member,
    /// The stored hash of the password.
    pub password_hash: SecretString,
}

impl Accounts {
    /// Authenticates a user by address and password. An unknown address, an account without a password and a wrong
    /// password take the same time and return the same error.
    ///
    /// # Errors
    /// `Invalid` on `password`; `TooManyRequests` after too many failures of this client;
    /// `Forbidden` where passwords would cross a network unencrypted; `Unavailable`, `Internal`.
    pub async fn sign_in(&self, actor: &Actor, email: &str, password: SecretString) -> Result<Authenticated, AppError> {
        self.ensure_enabled()?;
        let found = self.check_password(actor, email, password).await?;
        let authenticated = found.ok_or_else(wrong_password)?;
        self.record_sign_in(actor, &authenticated.member).await?;
        Ok(authenticated)
    }

    /// # Errors
    /// `Forbidden` where passwords would cross a network unencrypted.
    pub(super) fn ensure_enabled(&self) -> Result<(), AppError> {
        if self.sign_in_policy.is_enabled { Ok(()) } else { Err(AppError::Forbidden(SIGN_IN_DISABLED.to_owned())) }
    }

    /// The active member with this address and password. The attempt counts as failed until it has succeeded.
    pub(super) async fn check_password(
        &self,
        actor: &Actor,
        email: &str,
        password: SecretString,
    ) -> Result<Option<Authenticated>, AppError> {
        let email_key = Email::key_of(email.trim());
        let attempt = Attempt {
            client: actor.origin.address.map_or_else(|| "unknown".to_owned(), client_ip::network),
            account: secret::hash(email_key.as_bytes()),
            at: self.clock.now()?,
        };
        if let Some(oldest) =
            self.store.begin_attempt(&attempt, attempt.at.minus(SIGN_IN_FAILURE_WINDOW), LIMITS).await?
        {
            PasswordCheck::Throttled.count();
            return Err(AppError::TooManyRequests(seconds_between(attempt.at, oldest.plus(SIGN_IN_FAILURE_WINDOW))));
        }
        let account = self.account_with(email.trim()).await?;
        let user = account.as_ref().map(|account| account.member.id);
        if let Some(authenticated) = self.verify(account, password).await? {
            PasswordCheck::Right.count();
            self.store.forgive_attempts(&attempt.client, &attempt.account).await?;
            return Ok(Some(authenticated));
        }
        PasswordCheck::Wrong.count();
        let event = actor.event(Action::SignInFailed, attempt.at);
        let event = match user {
            Some(user) => event.about(user),
            None => event,
        };
        self.store.record_event(&event).await?;
        Ok(None)
    }

    /// The account with this address. The key of the previous folding is tried first, so that each of two colliding
    /// addresses still finds its own account.
    async fn account_with(&self, email: &str) -> Result<Option<Account>, AppError> {
        for key in &email_keys(email) {
            if let Some(account) = self.store.account_by_email(key).await? {
                return Ok(Some(account));
            }
        }
        Ok(None)
    }

    /// Verifies a password, and renews its hash if that is outdated.
    async fn verify(
        &self,
        account: Option<Account>,
        password: SecretString,
    ) -> Result<Option<Authenticated>, AppError> {
        let stored = account.as_ref().and_then(|account| account.password_hash.clone());
        let verdict = self.passwords.verify(password.clone(), stored.clone()).await?;
        let Some((Account { member, .. }, stored)) = account.zip(stored) else { return Ok(None) };
        let password_hash = match verdict {
            Verdict::Wrong => None,
            Verdict::Right => Some(stored),
            Verdict::Outdated(renewed) => {
                if self.store.rehash_password(member.id, &stored, &renewed).await? {
                    Some(renewed)
                } else {
                    self.verify_again(member.id, password).await?
                }
            }
        };
        Ok(password_hash.map(|password_hash| Authenticated { member, password_hash }))
    }

    /// The stored hash of this password after a parallel request has replaced it: by another hash of the same password,
    /// or of a new one.
    async fn verify_again(&self, user: UserId, password: SecretString) -> Result<Option<SecretString>, AppError> {
        let stored = self.store.account(user).await?.and_then(|account| account.password_hash);
        let verdict = self.passwords.verify(password, stored.clone()).await?;
        Ok(stored.filter(|_| matches!(verdict, Verdict::Right)))
    }

    /// Records a sign-in by password or by link.
    pub(super) async fn record_sign_in(&self, actor: &Actor, member: &Member) -> Result<(), AppError> {
        let event = actor.as_member(member).event(Action::SignedIn, self.clock.now()?);
        self.store.record_event(&event.about(member.id)).await
    }
}

/// The error of a sign-in whose password is wrong, or was changed before the session could start.
pub fn wrong_password() -> AppError {
    FieldErrors::one("password", "wrong", "is wrong, or no one with this e-mail address can sign in").into()
}

pub const SIGN_IN_DISABLED: &str = "Sign-in is disabled: passwords would cross the network unencrypted. \
     Serve Rollcall behind TLS and set --public-url to its https address.";

fn seconds_between(from: Timestamp, to: Timestamp) -> u32 {
    u32::try_from(to.since(from).num_seconds()).unwrap_or(0).saturating_add(1)
}
