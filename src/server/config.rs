//! What can be set, on the command line and in the environment.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
};

use clap::{Args, ValueEnum};
use ipnet::IpNet;

use super::{
    foundation::{client_ip::TrustedProxies, limits::Limits, public_url::PublicUrl, redis::RedisUrl},
    http::{middleware::cors::CorsDomain, state::Settings},
    services::{accounts::Entrance, identity::Identity, maintenance::Kept},
    store::{self, DatabaseUrl, Options, Synchronous},
};

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

    /// How many connections to PostgreSQL this instance may have; SQLite goes without
    #[arg(
        long,
        env = "ROLLCALL_DATABASE_CONNECTIONS",
        value_name = "COUNT",
        default_value_t = store::CONNECTIONS,
        value_parser = parse_connections,
        global = true
    )]
    pub database_connections: NonZeroU32,

    /// What several instances share beside the database, as in redis://HOST/0 (rediss: with TLS):
    /// the rate limit counts for all of them together
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_name = "URL", global = true)]
    pub redis_url: Option<RedisUrl>,

    /// What SQLite waits for before a change counts as done; PostgreSQL has settings of its own
    #[arg(
        long,
        env = "ROLLCALL_SQLITE_SYNCHRONOUS",
        value_name = "WHAT",
        value_enum,
        default_value_t = Synchronous::Full,
        global = true
    )]
    pub sqlite_synchronous: Synchronous,

    /// Address and port to serve on; port 0 takes a free one
    #[arg(long, env = "ROLLCALL_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:3000", global = true)]
    pub listen: SocketAddr,

    /// Address and port on which Prometheus finds /metrics; by default nowhere
    #[arg(long, env = "ROLLCALL_METRICS_LISTEN", value_name = "ADDRESS", global = true)]
    pub metrics_listen: Option<SocketAddr>,

    /// What somebody who has not signed in may do
    #[arg(long, env = "ROLLCALL_ANONYMOUS", value_name = "WHAT", value_enum, default_value_t = Anonymous::None, global = true)]
    pub anonymous: Anonymous,

    /// Where Rollcall is reached from outside, as in https://people.mycompany.com: absolute links,
    /// cookies and the check of origins go by it; by default http and the address it listens on
    #[arg(long, env = "ROLLCALL_PUBLIC_URL", value_name = "URL", global = true)]
    pub public_url: Option<PublicUrl>,

    /// An address or network (CIDR) of proxies whose X-Forwarded-For is believed; separate several
    /// by commas
    #[arg(
        long = "trusted-proxy",
        env = "ROLLCALL_TRUSTED_PROXY",
        value_name = "NETWORK",
        value_delimiter = ',',
        value_parser = parse_network,
        global = true
    )]
    pub trusted_proxies: Vec<IpNet>,

    /// How many days the audit trail is kept
    #[arg(
        long,
        env = "ROLLCALL_AUDIT_DAYS",
        value_name = "DAYS",
        default_value_t = 365,
        value_parser = clap::value_parser!(u32).range(1..=36_500),
        global = true
    )]
    pub audit_days: u32,

    /// How many days deleted people can be restored; then they are erased
    #[arg(
        long,
        env = "ROLLCALL_TRASH_DAYS",
        value_name = "DAYS",
        default_value_t = 30,
        value_parser = clap::value_parser!(u32).range(1..=36_500),
        global = true
    )]
    pub trash_days: u32,

    /// How many requests a minute one API token, or one client without, may send to the API and to
    /// forms; by default as many as it likes
    #[arg(
        long,
        env = "ROLLCALL_RATE_LIMIT",
        value_name = "REQUESTS",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000),
        global = true
    )]
    pub rate_limit: Option<u32>,

    /// How many event streams may be open; whoever wants one beyond is told to come back later
    #[arg(long, env = "ROLLCALL_MAX_STREAMS", value_name = "STREAMS", default_value_t = 10_000, global = true)]
    pub max_streams: u32,

    /// How many MiB of answers are kept in memory until something changes what they tell; 0 keeps none
    #[arg(
        long,
        env = "ROLLCALL_CACHE_MB",
        value_name = "MIB",
        default_value_t = 64,
        value_parser = clap::value_parser!(u32).range(0..=65_536),
        global = true
    )]
    pub cache_mb: u32,

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

    #[command(flatten)]
    pub limits: Limits,

    /// How log lines on standard error look; RUST_LOG says which there are
    #[arg(long, env = "ROLLCALL_LOG_FORMAT", value_name = "FORMAT", value_enum, default_value_t = LogFormat::Text, global = true)]
    pub log_format: LogFormat,
}

impl Config {
    /// What a server that listens here goes by. Where others may be on the way, passwords need TLS.
    #[must_use]
    pub fn settings(&self, listening: SocketAddr) -> Settings {
        let public_url = self.public_url.clone().unwrap_or_else(|| PublicUrl::listening(listening));
        let stays_here = listening.ip().to_canonical().is_loopback() && public_url.is_loopback();
        let is_open = public_url.is_https() || stays_here;
        Settings {
            anonymous: self.anonymous.into(),
            entrance: Entrance { public_url, is_open },
            trusted_proxies: TrustedProxies::new(self.trusted_proxies.clone()),
            rate_limit: self.rate_limit.and_then(NonZeroU32::new),
            redis: self.redis_url.clone(),
            max_streams: self.max_streams as usize,
            trash_days: self.trash_days,
            max_in_flight: self.limits.max_in_flight as usize,
            cache_bytes: u64::from(self.cache_mb) << 20,
        }
    }

    /// How the database is used.
    #[must_use]
    pub fn store(&self) -> Options {
        Options { sqlite_synchronous: self.sqlite_synchronous, postgres_connections: self.database_connections }
    }

    /// How long upkeep lets things be.
    #[must_use]
    pub fn kept(&self) -> Kept {
        Kept { audit_days: self.audit_days, trash_days: self.trash_days }
    }
}

fn parse_connections(text: &str) -> Result<NonZeroU32, &'static str> {
    let count = text.parse().ok().filter(|count| (2..=1_000).contains(&NonZeroU32::get(*count)));
    count.ok_or("must be a number from 2 to 1000")
}

/// A network, or a single address.
fn parse_network(text: &str) -> Result<IpNet, &'static str> {
    let text = text.trim();
    let network = text.parse().ok().or_else(|| Some(IpNet::from(text.parse::<IpAddr>().ok()?)));
    network.ok_or("must be an address or a network, as in 10.0.0.0/8")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Anonymous {
    /// Nothing
    None,
    /// Browse the list and read it through the API
    Read,
}

impl From<Anonymous> for Identity {
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
