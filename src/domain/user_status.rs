use std::{fmt, str::FromStr};

use utoipa::ToSchema;

use super::FieldErrors;

/// The status filter of a list: active users, deleted users, or both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase", default = "active")]
pub enum UserStatus {
    #[default]
    Active,
    /// Requires permission to restore users.
    Deleted,
    /// Requires permission to restore users.
    All,
}

impl UserStatus {
    pub const ALL: [Self; 3] = [Self::Active, Self::Deleted, Self::All];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deleted => "deleted",
            Self::All => "all",
        }
    }
}

impl fmt::Display for UserStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for UserStatus {
    type Err = FieldErrors;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            FieldErrors::one("status", "invalid", format!("must be one of {names}"))
        })
    }
}
