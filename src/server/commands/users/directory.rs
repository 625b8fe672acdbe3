//! The directory that `rollcall users` works on, the local database or a running server, and the flags that choose it.

use async_trait::async_trait;
use clap::Args;
use secrecy::SecretString;

use super::{local::Local, remote::Remote};
use crate::{
    domain::{AppError, ListEvents, ListUsers, Page, ProfileField, Trail, User, UserForm, UserId},
    server::{config::Config, foundation::public_url::PublicUrl, services::users::Expected},
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
        expected: Expected,
        changes: &[(ProfileField, String)],
    ) -> Result<User, AppError>;
    async fn delete(&self, id: UserId) -> Result<(), AppError>;
    async fn restore(&self, id: UserId) -> Result<User, AppError>;
    async fn history(&self, id: UserId, query: &ListEvents) -> Result<Trail, AppError>;
    async fn erase(&self, id: UserId) -> anyhow::Result<()>;
    async fn close(&self);
}

/// Flags that choose the directory: the database of `--database-url`, or a running server.
#[derive(Debug, Args)]
pub struct Target {
    /// URL of a running server, for example https://people.mycompany.com, to use instead of the database
    #[arg(long, env = "ROLLCALL_SERVER", value_name = "URL", global = true)]
    server: Option<PublicUrl>,
    /// API token for the server; other users of this machine cannot see it in the environment
    #[arg(long, env = "ROLLCALL_TOKEN", hide_env_values = true, global = true)]
    token: Option<SecretString>,
    /// Allow sending the token unencrypted to other machines
    #[arg(long, global = true)]
    allow_http: bool,
}

impl Target {
    /// # Errors
    /// When the database cannot be opened, or the flags contradict each other.
    pub async fn open(self, config: &Config) -> anyhow::Result<Box<dyn Directory>> {
        Ok(match self.server {
            Some(server) => Box::new(Remote::new(server, self.token, self.allow_http)?),
            None => Box::new(Local::open(config).await?),
        })
    }
}
