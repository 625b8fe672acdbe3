use secrecy::SecretString;

use super::Accounts;
use crate::{
    domain::{Action, AppError, Email, FieldErrors, Member, Timestamp, email_keys},
    server::{
        foundation::{
            client_ip,
            limits::{SIGN_IN_FAILURE_WINDOW, SIGN_IN_FAILURES_ON_ALL_ACCOUNTS, SIGN_IN_FAILURES_ON_ONE_ACCOUNT},
            secret,
            telemetry::PasswordCheck,
        },
        services::{identity::Actor, passwords::Verdict},
        store::{Account, Attempt, Limits},
    },
};

const LIMITS: Limits =
    Limits { on_one_account: SIGN_IN_FAILURES_ON_ONE_ACCOUNT, on_all_accounts: SIGN_IN_FAILURES_ON_ALL_ACCOUNTS };

impl Accounts {
    /// Authenticates a user by address and password. An unknown address, an account without a password and a wrong
    /// password take the same time and return the same error.
    ///
    /// # Errors
    /// `Invalid` on `password`; `TooManyRequests` after too many failures of this client;
    /// `Forbidden` where passwords would cross a network unencrypted; `Unavailable`, `Internal`.
    pub async fn sign_in(&self, actor: &Actor, email: &str, password: SecretString) -> Result<Member, AppError> {
        self.ensure_enabled()?;
        let Some(member) = self.check_password(actor, email, password).await? else {
            let message = "is wrong, or no one with this e-mail address can sign in";
            return Err(FieldErrors::one("password", "wrong", message).into());
        };
        self.record_sign_in(actor, &member).await?;
        Ok(member)
    }

    /// # Errors
    /// `Forbidden` where passwords would cross a network unencrypted.
    pub(super) fn ensure_enabled(&self) -> Result<(), AppError> {
        if self.sign_in_policy.is_open { Ok(()) } else { Err(AppError::Forbidden(SIGN_IN_DISABLED.to_owned())) }
    }

    /// The active member with this address and password. The attempt counts as failed until it has succeeded.
    pub(super) async fn check_password(
        &self,
        actor: &Actor,
        email: &str,
        password: SecretString,
    ) -> Result<Option<Member>, AppError> {
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
        let hash = account.as_ref().and_then(|account| account.password_hash.clone());
        let verdict = self.passwords.verify(password, hash).await?;
        let refused = match (account, verdict) {
            (Some(account), Verdict::Right) => return self.complete_sign_in(account.member, &attempt).await.map(Some),
            (Some(account), Verdict::Outdated(renewed)) => {
                if let Some(old) = &account.password_hash {
                    self.store.rehash_password(account.member.id, old, &renewed).await?;
                }
                return self.complete_sign_in(account.member, &attempt).await.map(Some);
            }
            (account, _) => account,
        };
        PasswordCheck::Wrong.count();
        let event = actor.event(Action::SignInFailed, attempt.at);
        let event = match refused {
            Some(account) => event.about(account.member.id),
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

    async fn complete_sign_in(&self, member: Member, attempt: &Attempt) -> Result<Member, AppError> {
        PasswordCheck::Right.count();
        self.store.forgive_attempts(&attempt.client, &attempt.account).await?;
        Ok(member)
    }

    /// Records a sign-in by password or by link.
    pub(super) async fn record_sign_in(&self, actor: &Actor, member: &Member) -> Result<(), AppError> {
        let event = actor.as_member(member).event(Action::SignedIn, self.clock.now()?);
        self.store.record_event(&event.about(member.id)).await
    }
}

pub const SIGN_IN_DISABLED: &str = "Sign-in is disabled: passwords would cross the network unencrypted. \
     Serve Rollcall behind TLS and set --public-url to its https address.";

fn seconds_between(from: Timestamp, to: Timestamp) -> u32 {
    u32::try_from(to.since(from).num_seconds()).unwrap_or(0).saturating_add(1)
}
