use clap::Args;
use secrecy::SecretString;

use super::{directory::Directory, local::Local, remote::Remote};
use crate::server::{config::Config, foundation::public_url::PublicUrl};

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
