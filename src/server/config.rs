//! The settings, from the command line and the environment.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
};

use clap::{Args, ValueEnum};
use ipnet::IpNet;

use super::{
    foundation::{
        client_ip::TrustedProxies, connections::ConnectionSettings, limits, public_url::PublicUrl, redis::RedisUrl,
    },
    http::{middleware::cors::CorsDomain, state::Settings},
    services::{accounts::SignInPolicy, identity::Identity, maintenance::Retention},
    store::{DatabaseUrl, Options, Synchronous},
};

/// Settings of all commands, given before or after the name of the command.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Database URL: `sqlite://FILE` or `postgres://USER:PASSWORD@HOST/NAME`
    #[arg(
        long,
        env = "DATABASE_URL",
        hide_env_values = true,
        value_name = "URL",
        default_value = "sqlite://rollcall.db",
        global = true
    )]
    pub database_url: DatabaseUrl,

    /// Maximum number of connections to PostgreSQL; not used for SQLite
    #[arg(
        long,
        env = "ROLLCALL_DATABASE_CONNECTIONS",
        value_name = "COUNT",
        default_value_t = limits::DATABASE_CONNECTIONS,
        value_parser = parse_connections,
        global = true
    )]
    pub database_connections: NonZeroU32,

    /// Redis URL, for example redis://HOST/0, or rediss: for TLS; instances use it to share the rate limit and to notify
    /// each other of changes, so that open lists update at once
    #[arg(long, env = "REDIS_URL", hide_env_values = true, value_name = "URL", global = true)]
    pub redis_url: Option<RedisUrl>,

    /// Durability of commits in SQLite; PostgreSQL has its own settings
    #[arg(
        long,
        env = "ROLLCALL_SQLITE_SYNCHRONOUS",
        value_name = "LEVEL",
        value_enum,
        default_value_t = Synchronous::Full,
        global = true
    )]
    pub sqlite_synchronous: Synchronous,

    /// Address and port to listen on; port 0 picks a free one
    #[arg(long, env = "ROLLCALL_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:3000", global = true)]
    pub listen: SocketAddr,

    /// Address and port of a listener with /metrics for Prometheus [default: none]
    #[arg(long, env = "ROLLCALL_METRICS_LISTEN", value_name = "ADDRESS", global = true)]
    pub metrics_listen: Option<SocketAddr>,

    /// Permissions of visitors who are not signed in
    #[arg(long, env = "ROLLCALL_ANONYMOUS", value_name = "ACCESS", value_enum, default_value_t = Anonymous::None, global = true)]
    pub anonymous: Anonymous,

    /// Public URL, for example https://people.mycompany.com, used for absolute links, cookies and origin checks
    /// [default: http:// and the address of --listen]
    #[arg(long, env = "ROLLCALL_PUBLIC_URL", value_name = "URL", global = true)]
    pub public_url: Option<PublicUrl>,

    /// Addresses or networks (CIDR) of proxies whose X-Forwarded-For is trusted, separated by commas
    #[arg(
        long = "trusted-proxy",
        env = "ROLLCALL_TRUSTED_PROXY",
        value_name = "NETWORK",
        value_delimiter = ',',
        value_parser = parse_network,
        global = true
    )]
    pub trusted_proxies: Vec<IpNet>,

    /// Days to keep the audit trail
    #[arg(
        long,
        env = "ROLLCALL_AUDIT_DAYS",
        value_name = "DAYS",
        default_value_t = limits::AUDIT_DAYS,
        value_parser = clap::value_parser!(u32).range(limits::DAYS_RANGE),
        global = true
    )]
    pub audit_days: u32,

    /// Days until deleted people are erased; until then they can be restored
    #[arg(
        long,
        env = "ROLLCALL_TRASH_DAYS",
        value_name = "DAYS",
        default_value_t = limits::TRASH_DAYS,
        value_parser = clap::value_parser!(u32).range(limits::DAYS_RANGE),
        global = true
    )]
    pub trash_days: u32,

    /// Maximum number of API and form requests a minute, for each token or for each client without one
    /// [default: no limit]
    #[arg(
        long,
        env = "ROLLCALL_RATE_LIMIT",
        value_name = "REQUESTS",
        value_parser = clap::value_parser!(u32).range(limits::RATE_RANGE),
        global = true
    )]
    pub rate_limit: Option<u32>,

    /// Maximum number of open event streams; further ones get 503
    #[arg(long, env = "ROLLCALL_MAX_STREAMS", value_name = "STREAMS", default_value_t = limits::EVENT_STREAMS, global = true)]
    pub max_streams: u32,

    /// Response cache size in MiB; 0 disables it
    #[arg(
        long,
        env = "ROLLCALL_CACHE_MB",
        value_name = "MIB",
        default_value_t = limits::CACHE_MIB,
        value_parser = clap::value_parser!(u32).range(limits::CACHE_MIB_RANGE),
        global = true
    )]
    pub cache_mb: u32,

    /// Domains, separated by commas, whose pages can call the API from a browser; includes their subdomains
    #[arg(
        long = "cors-domain",
        env = "ROLLCALL_CORS_DOMAIN",
        value_name = "DOMAIN",
        value_delimiter = ',',
        global = true
    )]
    pub cors_domains: Vec<CorsDomain>,

    #[command(flatten)]
    pub connections: ConnectionSettings,

    /// Format of the log on standard error; the environment variable RUST_LOG filters it
    #[arg(long, env = "ROLLCALL_LOG_FORMAT", value_name = "FORMAT", value_enum, default_value_t = LogFormat::Text, global = true)]
    pub log_format: LogFormat,
}

impl Config {
    /// The settings of a server that listens on this address. Sign-in requires TLS unless everything is on loopback.
    #[must_use]
    pub fn settings(&self, listening: SocketAddr) -> Settings {
        let public_url = self.public_url.clone().unwrap_or_else(|| PublicUrl::listening(listening));
        let is_local = listening.ip().to_canonical().is_loopback() && public_url.is_loopback();
        let is_enabled = public_url.is_https() || is_local;
        Settings {
            anonymous: self.anonymous.into(),
            sign_in_policy: SignInPolicy { public_url, is_enabled },
            trusted_proxies: TrustedProxies::new(self.trusted_proxies.clone()),
            rate_limit: self.rate_limit.and_then(NonZeroU32::new),
            redis: self.redis_url.clone(),
            max_streams: self.max_streams as usize,
            trash_days: self.trash_days,
            max_in_flight: self.connections.max_in_flight as usize,
            cache_bytes: u64::from(self.cache_mb) << 20,
        }
    }

    /// The options of the store.
    #[must_use]
    pub fn store(&self, create_if_missing: bool) -> Options {
        Options {
            sqlite_synchronous: self.sqlite_synchronous,
            postgres_connections: self.database_connections,
            create_if_missing,
        }
    }

    /// How long maintenance keeps things.
    #[must_use]
    pub fn retention(&self) -> Retention {
        Retention { audit_days: self.audit_days, trash_days: self.trash_days }
    }
}

fn parse_connections(text: &str) -> Result<NonZeroU32, String> {
    let range = limits::DATABASE_CONNECTIONS_RANGE;
    let count = text.parse().ok().filter(|count| range.contains(&NonZeroU32::get(*count)));
    count.ok_or_else(|| format!("must be a whole number from {} to {}", range.start(), range.end()))
}

/// Parses a network or a single address.
fn parse_network(text: &str) -> Result<IpNet, &'static str> {
    let text = text.trim();
    let network = text.parse().ok().or_else(|| Some(IpNet::from(text.parse::<IpAddr>().ok()?)));
    network.ok_or("must be an address or a network, for example 10.0.0.0/8")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Anonymous {
    /// Nothing
    None,
    /// Browse the list, and read it through the API
    Read,
}

impl From<Anonymous> for Identity {
    fn from(anonymous: Anonymous) -> Self {
        match anonymous {
            Anonymous::None => Self::Anonymous,
            Anonymous::Read => Self::AnonymousReader,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Human-readable text
    Text,
    /// One JSON object per line
    Json,
}
