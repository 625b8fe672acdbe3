use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AppError, FieldErrors, Timestamp};

/// An API token without its secret, which is shown only once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    pub id: TokenId,
    pub name: String,
    pub scopes: Scopes,
    /// The name of the admin who created it; `None` if it was created on the command line.
    pub owner: Option<String>,
    pub created_at: Timestamp,
    /// `None`: the token does not expire.
    pub expires_at: Option<Timestamp>,
    /// With a resolution of one minute.
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

impl ApiToken {
    #[must_use]
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// A UUID version 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenId(pub Uuid);

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for TokenId {
    type Err = AppError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text).map(Self).map_err(|_| AppError::no_such_token())
    }
}

/// A permission of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Read active users.
    UsersRead,
    /// Create, edit, delete and restore users; read deleted users and history.
    UsersWrite,
    /// Read the audit trail, roles and the list of tokens. Changing these requires a signed-in admin.
    Admin,
}

impl Scope {
    pub const ALL: [Self; 3] = [Self::UsersRead, Self::UsersWrite, Self::Admin];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UsersRead => "users:read",
            Self::UsersWrite => "users:write",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Scope {
    type Err = FieldErrors;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            FieldErrors::one("scope", "invalid", format!("must be one of {names}"))
        })
    }
}

/// A set of scopes, written separated by spaces (RFC 6749 section 3.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scopes(u8);

impl Scopes {
    #[must_use]
    pub fn has(self, scope: Scope) -> bool {
        self.0 & bit(scope) != 0
    }

    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The set as a bit mask, below 8.
    #[must_use]
    pub fn bits(self) -> u8 {
        self.0
    }
}

fn bit(scope: Scope) -> u8 {
    1 << scope as u8
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | bit(scope)))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = Scope::ALL.into_iter().filter(|scope| self.has(*scope)).map(Scope::as_str);
        f.write_str(&held.collect::<Vec<_>>().join(" "))
    }
}

impl FromStr for Scopes {
    type Err = FieldErrors;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_whitespace().map(str::parse).collect()
    }
}

impl From<Scopes> for String {
    fn from(scopes: Scopes) -> Self {
        scopes.to_string()
    }
}

impl TryFrom<String> for Scopes {
    type Error = FieldErrors;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_round_trip() {
        for text in ["", "users:read", "users:read users:write admin"] {
            assert_eq!(text.parse::<Scopes>().unwrap().to_string(), text);
        }
        let scopes = "admin users:read".parse::<Scopes>().unwrap();
        assert!(scopes.has(Scope::Admin) && scopes.has(Scope::UsersRead) && !scopes.has(Scope::UsersWrite));
        assert_eq!(
            "users:all".parse::<Scopes>().unwrap_err().to_string(),
            "scope must be one of users:read, users:write, admin"
        );
    }
}
