use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};

use crate::domain::AppError;

/// As whom something is done. Every method of the service takes one and asks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Somebody unknown, where the directory is closed to them.
    Stranger,
    /// Somebody unknown, where anybody may read.
    Visitor,
    /// Whoever runs Rollcall's commands on the machine itself.
    Operator,
}

impl Actor {
    /// # Errors
    /// `Unauthorized` when signing in would help.
    pub fn may_read(self) -> Result<(), AppError> {
        match self {
            Self::Visitor | Self::Operator => Ok(()),
            Self::Stranger => Err(AppError::Unauthorized),
        }
    }

    /// # Errors
    /// `Unauthorized` when signing in would help.
    pub fn may_write(self) -> Result<(), AppError> {
        match self {
            Self::Operator => Ok(()),
            Self::Stranger | Self::Visitor => Err(AppError::Unauthorized),
        }
    }
}

/// A request that nobody was named for runs as a stranger.
impl<S: Sync> FromRequestParts<S> for Actor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or(Self::Stranger))
    }
}
