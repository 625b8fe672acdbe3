use crate::domain::{AppError, NewUser, User, UserId, UserPatch};

/// An operation on a user, validated as far as possible without reading the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    Create(NewUser),
    Update { id: UserId, expected: ExpectedVersion, patch: UserPatch },
    Delete { id: UserId, expected: ExpectedVersion },
    Restore { id: UserId, expected: ExpectedVersion },
}

impl Operation {
    /// The id of the user; `None` for a new one.
    #[must_use]
    pub fn subject(&self) -> Option<UserId> {
        match self {
            Self::Create(_) => None,
            Self::Update { id, .. } | Self::Delete { id, .. } | Self::Restore { id, .. } => Some(*id),
        }
    }
}

/// Optimistic concurrency: the versions in which an operation may change a user, as in `If-Match`. It prevents
/// overwriting a change that the client has not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedVersion {
    Any,
    OneOf(Vec<i64>),
}

impl ExpectedVersion {
    #[must_use]
    pub fn includes(&self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(versions) => versions.contains(&version),
        }
    }

    /// # Errors
    /// `Stale` for a user in another version.
    pub fn check(&self, user: &User) -> Result<(), AppError> {
        if self.includes(user.version) { Ok(()) } else { Err(AppError::Stale) }
    }
}

impl From<i64> for ExpectedVersion {
    fn from(version: i64) -> Self {
        Self::OneOf(vec![version])
    }
}
