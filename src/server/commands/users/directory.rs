//! The directory that `rollcall users` works on: the local database or a running server.

use async_trait::async_trait;

use crate::{
    domain::{AppError, ListEvents, ListUsers, Page, ProfileField, Trail, User, UserForm, UserId},
    server::services::users::ExpectedVersion,
};

/// The operations on people that the local database and a server share.
#[async_trait]
pub trait Directory: Send + Sync {
    async fn list(&self, query: &ListUsers) -> Result<Page<User>, AppError>;
    async fn get(&self, id: UserId) -> Result<User, AppError>;
    async fn create(&self, form: &UserForm) -> Result<User, AppError>;
    /// Changes the given fields.
    async fn update(
        &self,
        id: UserId,
        expected: ExpectedVersion,
        changes: &[(ProfileField, String)],
    ) -> Result<User, AppError>;
    async fn delete(&self, id: UserId) -> Result<(), AppError>;
    async fn restore(&self, id: UserId) -> Result<User, AppError>;
    async fn history(&self, id: UserId, query: &ListEvents) -> Result<Trail, AppError>;
    async fn erase(&self, id: UserId) -> anyhow::Result<()>;
    async fn close(&self);
}
