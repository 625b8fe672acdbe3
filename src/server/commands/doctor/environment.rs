//! Checks of the environment: addresses, the running server, Redis and the limits of the system.

use std::net::SocketAddr;

use super::finding::Finding;
use crate::server::{
    commands::{
        exit_code::with_causes,
        healthcheck::{fetch_report, reachable_address},
    },
    config::Config,
    foundation::{connections::available_connections, redis::ping},
    services::health::Status,
};

/// Sign-in from other machines requires TLS.
pub fn address(config: &Config) -> Finding {
    let sign_in_policy = config.settings(config.listen).sign_in_policy;
    let url = sign_in_policy.public_url;
    if sign_in_policy.is_enabled {
        return Finding::ok("address", format!("listens on {}, public URL {url}", config.listen));
    }
    let found = format!("sign-in is disabled: other machines reach it without TLS, at {url}");
    Finding::fail(
        "address",
        found,
        "run Rollcall behind a TLS proxy, and set --public-url to the https address of the proxy",
    )
}

/// Behind a proxy, the addresses of clients are known only if the proxy is trusted.
pub fn proxies(config: &Config) -> Option<Finding> {
    let is_behind = config.public_url.as_ref().is_some_and(|url| url.is_https() && !url.is_loopback());
    (is_behind && config.trusted_proxies.is_empty()).then(|| {
        let found =
            "no proxy is trusted, so all clients have the same address in the audit trail and for the rate limit";
        Finding::warn("proxy", found, "set --trusted-proxy to the address or network that the proxy connects from")
    })
}

/// Checks the server that listens on the address, if any.
pub async fn server(listen: SocketAddr) -> Finding {
    let at = reachable_address(listen);
    let connected = tokio::time::timeout(std::time::Duration::from_secs(1), tokio::net::TcpStream::connect(at)).await;
    if listen.port() == 0 || !matches!(connected, Ok(Ok(_))) {
        return Finding::ok("server", format!("no server is running at {listen}"));
    }
    let fetched = tokio::time::timeout(std::time::Duration::from_secs(5), fetch_report(&format!("http://{at}"))).await;
    match fetched {
        Ok(Ok(report)) if report.status == Status::Pass => {
            Finding::ok("server", format!("the server at {at} is ready"))
        }
        Ok(Ok(report)) => Finding::warn(
            "server",
            format!("the server at {at} has problems: {}", report.causes()),
            "see its log and the checks below",
        ),
        _ => Finding::warn(
            "server",
            format!("another program listens on {at}"),
            "stop it, or choose another --listen address",
        ),
    }
}

pub async fn redis(config: &Config) -> Finding {
    let Some(url) = &config.redis_url else {
        return Finding::ok("redis", "not configured; a single instance does not need it");
    };
    match ping(url).await {
        Ok(()) => Finding::ok("redis", "responds"),
        // Only a warning: each instance continues without it.
        Err(error) => Finding::warn(
            "redis",
            format!("does not respond: {}", with_causes(&error)),
            "make sure that it is running and that --redis-url is correct",
        ),
    }
}

/// Each connection needs a file descriptor.
pub fn files(config: &Config) -> Finding {
    let wanted = config.connections.max_connections;
    match available_connections(wanted) {
        Some(available) if available < wanted as usize => {
            let found = format!("the open-file limit allows {available} connections, not {wanted}");
            Finding::warn("files", found, "raise the limit (LimitNOFILE=, ulimit -Hn), or lower --max-connections")
        }
        _ => Finding::ok("files", format!("the open-file limit allows {wanted} connections")),
    }
}
