//! The stored sort keys of users, which may be those of an earlier folding.

use std::collections::HashMap;

use sqlx::types::Uuid;

use super::DerivedColumns;
use crate::domain::{AppError, Email, SortField, Timestamp, User, fold, outdated};

/// The sort key of a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Time(Timestamp),
    Text(String),
}

impl Key {
    /// # Errors
    /// `Internal` for a time.
    pub fn text(&self) -> Result<&str, AppError> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Time(_) => Err(AppError::internal("the sort key is a time, not a text")),
        }
    }

    /// # Errors
    /// `Internal` for a text.
    pub fn time(&self) -> Result<Timestamp, AppError> {
        match self {
            Self::Time(time) => Ok(*time),
            Self::Text(_) => Err(AppError::internal("the sort key is a text, not a time")),
        }
    }
}

/// The stored keys of users of an earlier folding; all others have the current keys. Merging and cursors use stored
/// keys, because the databases sort by them.
#[derive(Debug, Default)]
pub struct StoredKeys(HashMap<Uuid, KeysRow>);

/// The stored keys of a user.
#[derive(Debug)]
pub struct KeysRow {
    pub id: Uuid,
    pub name_key: String,
    pub email_key: String,
}

impl StoredKeys {
    /// Reads the stored keys of the outdated ones of these users.
    pub async fn of<'u>(
        store: &impl DerivedColumns,
        field: SortField,
        users: impl IntoIterator<Item = &'u User>,
    ) -> Result<Self, AppError> {
        let ambiguous = Self::ambiguous(field, users);
        if ambiguous.is_empty() {
            return Ok(Self::default());
        }
        Ok(Self(store.stored_keys(&ambiguous).await?.into_iter().map(|keys| (keys.id, keys)).collect()))
    }

    /// The users whose sort key differs between the foldings. For most users both are equal, and nothing has to be read.
    fn ambiguous<'u>(field: SortField, users: impl IntoIterator<Item = &'u User>) -> Vec<Uuid> {
        let is_ambiguous = |user: &&User| match field {
            SortField::Name => outdated::name_key(&user.profile.name) != fold(&user.profile.name),
            SortField::Email => outdated::email_key(&user.profile.email) != Email::key_of(&user.profile.email),
            SortField::CreatedAt | SortField::UpdatedAt => false,
        };
        users.into_iter().filter(is_ambiguous).map(|user| user.id.0).collect()
    }

    pub fn key_of(&self, user: &User, field: SortField) -> Key {
        let stored = self.0.get(&user.id.0);
        match field {
            SortField::Name => Key::Text(stored.map_or_else(|| fold(&user.profile.name), |keys| keys.name_key.clone())),
            SortField::Email => {
                Key::Text(stored.map_or_else(|| Email::key_of(&user.profile.email), |keys| keys.email_key.clone()))
            }
            SortField::CreatedAt => Key::Time(user.created_at),
            SortField::UpdatedAt => Key::Time(user.updated_at),
        }
    }
}
