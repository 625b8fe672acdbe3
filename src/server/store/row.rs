//! The records that stores write, and the rows that they read.

use chrono::{DateTime, Utc};
use sqlx::types::Uuid;

use crate::domain::{
    AppError, Email, FieldErrors, NewUser, Profile, ProfileField, Timestamp, User, UserId, UserPatch, fold, search_text,
};

/// The stored form of a profile: its fields and the keys derived from them by the current folding. A store has a column
/// for each text, and one for the version of the folding.
#[derive(Debug, Clone)]
pub struct ProfileColumns {
    pub profile: Profile,
    pub name_key: String,
    pub email_key: String,
    pub search: String,
}

impl ProfileColumns {
    /// The number of texts.
    pub const COUNT: usize = ProfileField::COUNT + 3;

    #[must_use]
    pub fn new(profile: Profile) -> Self {
        Self {
            name_key: fold(&profile.name),
            email_key: Email::key_of(&profile.email),
            search: search_text(&profile.name, &profile.email),
            profile,
        }
    }

    /// The names of the columns of [`Self::texts`], in the same order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ProfileField::NAMES.into_iter().chain(["name_key", "email_key", "search"])
    }

    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.profile.texts().chain([self.name_key.as_str(), &self.email_key, &self.search])
    }
}

/// A user to be stored: validated fields, id, times and derived keys.
#[derive(Debug, Clone)]
pub struct UserRecord {
    pub id: UserId,
    pub columns: ProfileColumns,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl UserRecord {
    /// A new user, created `now` unless the form sets a time of creation.
    #[must_use]
    pub fn new(id: UserId, user: &NewUser, now: Timestamp) -> Self {
        let columns = ProfileColumns::new(user.profile().clone());
        Self { id, columns, created_at: user.created_at().unwrap_or(now), updated_at: now }
    }

    /// An existing user with the name of this record.
    #[must_use]
    pub fn renaming(&self, user: &User) -> Self {
        let profile = Profile { name: self.profile().name.clone(), ..user.profile.clone() };
        Self { id: user.id, columns: ProfileColumns::new(profile), ..self.clone() }
    }

    /// An existing user with the changes of a patch.
    #[must_use]
    pub fn patched(user: &User, patch: &UserPatch, now: Timestamp) -> Self {
        let columns = ProfileColumns::new(patch.apply_to(&user.profile));
        Self { id: user.id, columns, created_at: user.created_at, updated_at: now }
    }

    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.columns.profile
    }

    /// The user right after creation, in version 1.
    #[must_use]
    pub fn to_user(&self) -> User {
        User {
            id: self.id,
            profile: self.profile().clone(),
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

/// Declares a row of `users` with additional columns. `query_as!` fills flat structs only, so a row cannot contain
/// another one.
macro_rules! user_row {
    ($(#[$about:meta])* $name:ident $(, $(#[$about_column:meta])* $column:ident: $type:ty)* $(,)?) => {
        $(#[$about])*
        #[derive(Debug)]
        pub struct $name<M> {
            pub id: Uuid,
            pub name: String,
            pub email: String,
            pub version: i64,
            pub created_at: M,
            pub updated_at: M,
            pub deleted_at: Option<M>,
            $($(#[$about_column])* pub $column: $type,)*
        }

        impl<M: Moment> $name<M> {
            /// The user and the additional columns.
            ///
            /// # Errors
            /// `Internal` when a stored time is out of range.
            pub fn split(self) -> Result<(User, ($($type,)*)), AppError> {
                let user = User {
                    id: UserId(self.id),
                    profile: Profile { name: self.name, email: self.email },
                    version: self.version,
                    created_at: self.created_at.stored()?,
                    updated_at: self.updated_at.stored()?,
                    deleted_at: self.deleted_at.map(M::stored).transpose()?,
                };
                Ok((user, ($(self.$column,)*)))
            }
        }
    };
}

user_row! {
    /// A row of `users`.
    UserRow
}

user_row! {
    /// A row of `users` with the role of its account.
    LockedUserRow, role: Option<String>
}

user_row! {
    /// An event of an import joined with its user.
    DoneRow, seq: i64, action: String, changes: String, is_over: bool
}

impl<M: Moment> TryFrom<UserRow<M>> for User {
    type Error = AppError;

    fn try_from(row: UserRow<M>) -> Result<Self, AppError> {
        let (user, ()) = row.split()?;
        Ok(user)
    }
}

/// The error when an active user has the address already.
#[must_use]
pub fn email_taken() -> AppError {
    AppError::Conflict(FieldErrors::one("email", "taken", "already belongs to another user"))
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
    let message = "is that of the last admin who can sign in: make another user an admin first";
    AppError::Conflict(FieldErrors::one("role", "last_admin", message))
}
