use async_trait::async_trait;

use crate::{
    domain::{AppError, ListEvents, ListUsers, Page, ProfileField, Trail, User, UserForm, UserId},
    server::services::users::Expected,
};

/// What can be done to people, wherever they are kept.
#[async_trait]
pub trait Directory: Send + Sync {
    async fn list(&self, query: &ListUsers) -> Result<Page<User>, AppError>;
    async fn get(&self, id: UserId) -> Result<User, AppError>;
    async fn create(&self, form: &UserForm) -> Result<User, AppError>;
    /// Changes what is given.
    async fn update(
        &self,
        id: UserId,
        expected: Expected,
        changes: &[(ProfileField, String)],
    ) -> Result<User, AppError>;
    async fn delete(&self, id: UserId) -> Result<(), AppError>;
    async fn restore(&self, id: UserId) -> Result<User, AppError>;
    async fn history(&self, id: UserId, query: &ListEvents) -> Result<Trail, AppError>;
    async fn erase(&self, id: UserId) -> anyhow::Result<()>;
    async fn close(&self);
}
