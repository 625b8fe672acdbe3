//! What can be set, on the command line and in the environment.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};

use super::{auth::Actor, cors::CorsDomain, store::DatabaseUrl};

/// Settings of every command, before or after its name.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Where users are kept: `sqlite://FILE` or `postgres://USER:PASSWORD@HOST/NAME`
    #[arg(
        long,
        env = "DATABASE_URL",
        hide_env_values = true,
        value_name = "URL",
        default_value = "sqlite://rollcall.db",
        global = true
    )]
    pub database_url: DatabaseUrl,

    /// Address and port to serve on; port 0 takes a free one
    #[arg(long, env = "ROLLCALL_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:3000", global = true)]
    pub listen: SocketAddr,

    /// What somebody who has not signed in may do
    #[arg(long, env = "ROLLCALL_ANONYMOUS", value_name = "WHAT", value_enum, default_value_t = Anonymous::None, global = true)]
    pub anonymous: Anonymous,

    /// A domain whose pages, and those of its subdomains, may call the API from a browser; separate
    /// several by commas
    #[arg(
        long = "cors-domain",
        env = "ROLLCALL_CORS_DOMAIN",
        value_name = "DOMAIN",
        value_delimiter = ',',
        global = true
    )]
    pub cors_domains: Vec<CorsDomain>,

    /// How log lines on standard error look; RUST_LOG says which there are
    #[arg(long, env = "ROLLCALL_LOG_FORMAT", value_name = "FORMAT", value_enum, default_value_t = LogFormat::Text, global = true)]
    pub log_format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Anonymous {
    /// Nothing
    None,
    /// Browse the list and read it through the API
    Read,
}

impl From<Anonymous> for Actor {
    fn from(anonymous: Anonymous) -> Self {
        match anonymous {
            Anonymous::None => Self::Stranger,
            Anonymous::Read => Self::Visitor,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}
