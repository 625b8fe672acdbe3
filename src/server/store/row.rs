//! The records that stores write, and the rows that they read.

use chrono::{DateTime, Utc};
use sqlx::types::Uuid;

use crate::domain::{
    AppError, Email, FieldErrors, Name, NewUser, Timestamp, User, UserId, UserPatch, fold, search_text,
};

/// A user to be stored: validated fields, id, times and derived keys.
#[derive(Debug, Clone)]
pub struct UserRecord {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub name_key: String,
    pub email_key: String,
    pub search: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl UserRecord {
    /// A new user, created `now` unless the form sets a time of creation.
    #[must_use]
    pub fn new(id: UserId, user: &NewUser, now: Timestamp) -> Self {
        let (name, email) = (user.name().as_str(), user.email().as_str());
        Self {
            id,
            name: name.to_owned(),
            email: email.to_owned(),
            name_key: user.name().key(),
            email_key: user.email().key(),
            search: search_text(name, email),
            created_at: user.created_at().unwrap_or(now),
            updated_at: now,
        }
    }

    /// An existing user with this name and their own address.
    #[must_use]
    pub fn called(&self, id: UserId, email: &str) -> Self {
        let search = search_text(&self.name, email);
        Self { id, email: email.to_owned(), search, ..self.clone() }
    }

    /// An existing user with the changes of a patch.
    #[must_use]
    pub fn patched(user: &User, patch: &UserPatch, now: Timestamp) -> Self {
        let name = patch.name().map_or(user.name.as_str(), Name::as_str);
        let email = patch.email().map_or(user.email.as_str(), Email::as_str);
        Self {
            id: user.id,
            name: name.to_owned(),
            email: email.to_owned(),
            name_key: fold(name),
            email_key: Email::key_of(email),
            search: search_text(name, email),
            created_at: user.created_at,
            updated_at: now,
        }
    }

    /// The user as stored.
    #[must_use]
    pub fn to_user(&self) -> User {
        User {
            id: self.id,
            name: self.name.clone(),
            email: self.email.clone(),
            version: 1,
            created_at: self.created_at,
            updated_at: self.updated_at,
            deleted_at: None,
        }
    }
}

/// A time as a database returns it.
pub trait Moment: Sized {
    fn timestamp(self) -> Option<Timestamp>;

    /// # Errors
    /// `Internal` for a time that Rollcall cannot have written.
    fn stored(self) -> Result<Timestamp, AppError> {
        self.timestamp().ok_or_else(|| AppError::internal("a stored time is out of range"))
    }
}

/// SQLite: microseconds since 1970.
impl Moment for i64 {
    fn timestamp(self) -> Option<Timestamp> {
        Timestamp::from_unix_micros(self)
    }
}

/// PostgreSQL: `timestamptz`.
impl Moment for DateTime<Utc> {
    fn timestamp(self) -> Option<Timestamp> {
        Timestamp::new(self)
    }
}

/// A row of `users`.
#[derive(Debug)]
pub struct UserRow<M> {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub version: i64,
    pub created_at: M,
    pub updated_at: M,
    pub deleted_at: Option<M>,
}

impl<M: Moment> TryFrom<UserRow<M>> for User {
    type Error = AppError;

    fn try_from(row: UserRow<M>) -> Result<Self, AppError> {
        Ok(Self {
            id: UserId(row.id),
            name: row.name,
            email: row.email,
            version: row.version,
            created_at: row.created_at.stored()?,
            updated_at: row.updated_at.stored()?,
            deleted_at: row.deleted_at.map(M::stored).transpose()?,
        })
    }
}

/// The error when an active user has the address already.
#[must_use]
pub fn email_taken() -> AppError {
    AppError::Conflict(FieldErrors::one("email", "taken", "belongs to another user already"))
}

/// Maps a violation of the unique index to `email_taken`.
pub fn unless_taken(error: sqlx::Error) -> AppError {
    match error.as_database_error() {
        Some(cause) if cause.is_unique_violation() => email_taken(),
        _ => error.into(),
    }
}

/// The error when a change would leave no admin.
#[must_use]
pub fn last_admin() -> AppError {
    let message = "is that of the last admin who can sign in: make somebody else one first";
    AppError::Conflict(FieldErrors::one("role", "last_admin", message))
}
