use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};

use super::{Accounts, Authenticated, known_texts};
use crate::{
    domain::{Action, AppError, Invitation, Member, NewUser, UserForm, UserId},
    server::{
        foundation::{
            limits::{INVITATION_LIFETIME, SETUP_LINK_LIFETIME},
            secret,
        },
        services::identity::Actor,
        store::{LinkRecord, UserRecord},
    },
};

impl Accounts {
    /// Creates the setup link, which lets its bearer create the first admin; `None` if there is an admin.
    ///
    /// # Errors
    /// `Forbidden` where passwords would cross a network unencrypted; `Unavailable`, `Internal`.
    pub async fn create_setup_link(&self) -> Result<Option<SecretString>, AppError> {
        if self.store.has_admin().await? {
            return Ok(None);
        }
        self.ensure_enabled()?;
        let secret = self.create_link(None, SETUP_LINK_LIFETIME, None).await?;
        Ok(Some(self.address("/setup", &secret)))
    }

    /// # Errors
    /// `Gone` for a link that is used, expired or unknown; `Unavailable`, `Internal`.
    pub async fn check_setup(&self, link: &SecretString) -> Result<(), AppError> {
        if self.store.has_admin().await? {
            return Err(AppError::Gone(
                "This link has been used: there is already an admin. Sign in instead.".to_owned(),
            ));
        }
        match self.find_link(link).await? {
            None => Ok(()),
            Some(_) => Err(link_gone()),
        }
    }

    /// Creates the first admin with the link of `create_setup_link`.
    ///
    /// # Errors
    /// `Invalid`; `Gone` for a link that is used, expired or unknown; `Forbidden`, `Unavailable`, `Internal`.
    pub async fn set_up(
        &self,
        actor: &Actor,
        link: &SecretString,
        form: &UserForm,
        password: SecretString,
    ) -> Result<Authenticated, AppError> {
        self.ensure_enabled()?;
        self.check_setup(link).await?;
        let authenticated = self.make_admin(actor, form, password, Some(link)).await?;
        self.record_sign_in(actor, &authenticated.member).await?;
        Ok(authenticated)
    }

    /// Creates an admin, for the command line.
    ///
    /// # Errors
    /// `Invalid`; `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn create_admin(
        &self,
        actor: &Actor,
        form: &UserForm,
        password: SecretString,
    ) -> Result<Member, AppError> {
        actor.may_manage_access()?;
        Ok(self.make_admin(actor, form, password, None).await?.member)
    }

    async fn make_admin(
        &self,
        actor: &Actor,
        form: &UserForm,
        password: SecretString,
        link: Option<&SecretString>,
    ) -> Result<Authenticated, AppError> {
        let (user, password_hash) = self.parse_admin(form, password).await?;
        let now = self.clock.now()?;
        let record = UserRecord::new(UserId(self.ids.next()), &user, now);
        let event = actor.event(Action::UserCreated, now);
        let link = link.map(secret::hash_of);
        let created = self.store.create_admin(&record, &password_hash, link.as_ref(), &event).await?;
        let member = self.account_of(created.ok_or_else(link_gone)?).await?.member;
        Ok(Authenticated { member, password_hash })
    }

    /// Validates the form and the password, and returns all errors.
    async fn parse_admin(&self, form: &UserForm, password: SecretString) -> Result<(NewUser, SecretString), AppError> {
        let user = form.parse();
        match (user, self.passwords.hash_new(password, known_texts(&form.profile.name, &form.profile.email)).await) {
            (Ok(user), Ok(hash)) => Ok((user, hash)),
            (Err(mut errors), Err(AppError::Invalid(more))) => {
                errors.0.extend(more.0);
                Err(errors.into())
            }
            (Err(errors), Ok(_)) => Err(errors.into()),
            (_, Err(error)) => Err(error),
        }
    }

    /// Creates a link with which a user can set or reset their password, and invalidates earlier ones.
    ///
    /// # Errors
    /// `NotFound` when the user has no account; `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn invite(&self, actor: &Actor, id: UserId) -> Result<SecretString, AppError> {
        actor.may_manage_access()?;
        let account = self.account_of(id).await?;
        let kind = if account.password_hash.is_some() { "reset" } else { "invitation" };
        let secret = self.create_link(Some(id), INVITATION_LIFETIME, Some((actor, kind))).await?;
        Ok(self.address("/invite", &secret))
    }

    /// The invitation of a link.
    ///
    /// # Errors
    /// `Gone` for a link that is used, expired or unknown; `Unavailable`, `Internal`.
    pub async fn invitation(&self, link: &SecretString) -> Result<Invitation, AppError> {
        let user = self.find_link(link).await?.ok_or_else(link_gone)?;
        let account = self.store.account(user).await?.ok_or_else(link_gone)?;
        let Member { name, email, .. } = account.member;
        Ok(Invitation { name, email, resets: account.password_hash.is_some() })
    }

    /// Sets the password of the link's user, uses up the link, and ends the user's sessions.
    ///
    /// # Errors
    /// `Invalid` on `password`; `Gone` for a link that is used, expired or unknown; `Forbidden`, `Unavailable`,
    /// `Internal`.
    pub async fn accept(
        &self,
        actor: &Actor,
        link: &SecretString,
        password: SecretString,
    ) -> Result<Authenticated, AppError> {
        self.ensure_enabled()?;
        let user = self.find_link(link).await?.ok_or_else(link_gone)?;
        let member = self.store.account(user).await?.ok_or_else(link_gone)?.member;
        let password_hash = self.passwords.hash_new(password, known_texts(&member.name, &member.email)).await?;
        let now = self.clock.now()?;
        let event = actor.as_member(&member).event(Action::PasswordChanged, now).about(user);
        if !self.store.redeem_link(&secret::hash_of(link), user, &password_hash, now, &event).await? {
            return Err(link_gone());
        }
        self.record_sign_in(actor, &member).await?;
        Ok(Authenticated { member, password_hash })
    }

    async fn create_link(
        &self,
        user: Option<UserId>,
        lifetime: TimeDelta,
        audit: Option<(&Actor, &str)>,
    ) -> Result<SecretString, AppError> {
        let (link, now) = (secret::new_link_secret()?, self.clock.now()?);
        let record = LinkRecord { hash: secret::hash_of(&link), user, created_at: now, expires_at: now.plus(lifetime) };
        let event = audit.zip(user).map(|((actor, kind), user)| {
            actor.event(Action::LinkCreated, now).about(user).changing("link", None, Some(kind))
        });
        self.store.create_link(&record, event.as_ref()).await?;
        Ok(link)
    }

    /// The user of a valid link; `None` for the setup link.
    async fn find_link(&self, link: &SecretString) -> Result<Option<UserId>, AppError> {
        let now = self.clock.now()?;
        let found = self.store.link(&secret::hash_of(link)).await?;
        Ok(found.filter(|link| !link.used && now < link.expires_at).ok_or_else(link_gone)?.user)
    }

    fn address(&self, path: &str, secret: &SecretString) -> SecretString {
        let path = format!("{path}?token={}", secret.expose_secret());
        SecretString::from(self.sign_in_policy.public_url.join(&path))
    }
}

fn link_gone() -> AppError {
    AppError::Gone("This link has been used, has expired or was replaced by a newer one. Ask for a new one.".to_owned())
}
