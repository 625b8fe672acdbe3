use async_trait::async_trait;
use uuid::Uuid;

use super::row::Moment;
use crate::{
    domain::{ApiToken, AppError, Scopes, Timestamp, TokenId, UserId},
    server::foundation::secret::Hash,
};

/// The API tokens.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// All tokens, including revoked and expired ones, the latest first.
    async fn tokens(&self) -> Result<Vec<ApiToken>, AppError>;

    async fn token(&self, hash: &Hash) -> Result<Option<ApiToken>, AppError>;

    async fn touch_token(&self, id: TokenId, at: Timestamp) -> Result<(), AppError>;
}

/// A token to be stored.
#[derive(Debug, Clone)]
pub struct TokenRecord {
    pub id: TokenId,
    pub hash: Hash,
    pub name: String,
    pub scopes: Scopes,
    /// `None`: created on the command line.
    pub owner: Option<UserId>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

/// A row of `tokens` joined with the name of its owner.
#[derive(Debug)]
pub struct TokenRow<M> {
    pub id: Uuid,
    pub name: String,
    pub scopes: String,
    pub owner: Option<String>,
    pub created_at: M,
    pub expires_at: Option<M>,
    pub last_used_at: Option<M>,
    pub revoked_at: Option<M>,
}

impl<M: Moment> TryFrom<TokenRow<M>> for ApiToken {
    type Error = AppError;

    fn try_from(row: TokenRow<M>) -> Result<Self, AppError> {
        Ok(Self {
            id: TokenId(row.id),
            name: row.name,
            scopes: row.scopes.parse().map_err(AppError::internal)?,
            owner: row.owner,
            created_at: row.created_at.stored()?,
            expires_at: row.expires_at.map(M::stored).transpose()?,
            last_used_at: row.last_used_at.map(M::stored).transpose()?,
            revoked_at: row.revoked_at.map(M::stored).transpose()?,
        })
    }
}
