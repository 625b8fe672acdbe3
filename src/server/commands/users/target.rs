//! The choice of the directory that `rollcall users` works on.

use clap::Args;
use secrecy::SecretString;

use super::{directory::Directory, local::Local, remote::Remote};
use crate::server::{config::Config, foundation::public_url::PublicUrl};

/// Flags that choose the directory: the database of `--database-url`, or a running server.
#[derive(Debug, Args)]
pub struct Target {
    /// URL of a running server, for example https://people.mycompany.com, to use instead of the database
    #[arg(long, env = "ROLLCALL_SERVER", value_name = "URL", global = true)]
    server: Option<PublicUrl>,
    /// API token for the server; prefer the environment variable, which other users of this machine cannot see
    #[arg(long, env = "ROLLCALL_TOKEN", hide_env_values = true, global = true)]
    token: Option<SecretString>,
    /// Allow the token to be sent to another machine without encryption
    #[arg(long, global = true)]
    allow_http: bool,
}

impl Target {
    /// # Errors
    /// When the database cannot be opened, or the flags contradict each other.
    pub async fn open(self, config: &Config, create_if_missing: bool) -> anyhow::Result<Box<dyn Directory>> {
        Ok(match self.server {
            Some(server) => Box::new(Remote::new(server, self.token, self.allow_http)?),
            None => Box::new(Local::open(config, create_if_missing).await?),
        })
    }
}
