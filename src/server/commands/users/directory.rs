use async_trait::async_trait;
use clap::Args;
use secrecy::SecretString;

use super::{local::Local, remote::Remote};
use crate::{
    domain::{AppError, ListEvents, ListUsers, Page, Trail, User, UserForm, UserId},
    server::{config::Config, public_url::PublicUrl, users::Expected},
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
        name: Option<&str>,
        email: Option<&str>,
    ) -> Result<User, AppError>;
    async fn delete(&self, id: UserId) -> Result<(), AppError>;
    async fn restore(&self, id: UserId) -> Result<User, AppError>;
    async fn history(&self, id: UserId, query: &ListEvents) -> Result<Trail, AppError>;
    async fn erase(&self, id: UserId) -> anyhow::Result<()>;
    async fn close(&self);
}

/// Where people are kept: in the database of --database-url, or with a running server.
#[derive(Debug, Args)]
pub struct Place {
    /// Ask a running server, as in https://people.mycompany.com, instead of the database
    #[arg(long, env = "ROLLCALL_SERVER", value_name = "URL", global = true)]
    server: Option<PublicUrl>,
    /// The API token for it; in the environment nobody else sees it
    #[arg(long, env = "ROLLCALL_TOKEN", hide_env_values = true, global = true)]
    token: Option<SecretString>,
    /// Send the token also where everybody on the way can read it: over http, beyond this machine
    #[arg(long, global = true)]
    allow_http: bool,
}

impl Place {
    /// # Errors
    /// When the database cannot be opened, or what is set does not go together.
    pub async fn open(self, config: &Config) -> anyhow::Result<Box<dyn Directory>> {
        Ok(match self.server {
            Some(server) => Box::new(Remote::new(server, self.token, self.allow_http)?),
            None => Box::new(Local::open(config).await?),
        })
    }
}
