//! What is around the database: addresses, Redis, the limits of the system.

use std::net::SocketAddr;

use super::finding::Finding;
use crate::server::{
    commands::healthcheck::{ask, reached_at},
    config::Config,
    foundation::{limits::possible, redis::ping},
    services::health::Status,
};

/// Passwords need TLS beyond this machine.
pub fn address(config: &Config) -> Finding {
    let entrance = config.settings(config.listen).entrance;
    let url = entrance.public_url;
    if entrance.is_open {
        return Finding::ok("address", format!("listens on {}, is reached at {url}", config.listen));
    }
    let found = format!("nobody can sign in: beyond this machine it is reached without TLS, at {url}");
    Finding::fail("address", found, "put a proxy with TLS before it, and set --public-url to its https address")
}

/// Who comes through a proxy is known only if the proxy is.
pub fn proxies(config: &Config) -> Option<Finding> {
    let is_behind = config.public_url.as_ref().is_some_and(|url| url.is_https() && !url.is_loopback());
    (is_behind && config.trusted_proxies.is_empty()).then(|| {
        let found = "no proxy is trusted: all clients count as one in the audit trail and for the rate limit";
        Finding::warn("proxy", found, "set --trusted-proxy to the address or network that the proxy calls from")
    })
}

/// Whoever listens there now.
pub async fn server(listen: SocketAddr) -> Finding {
    let at = reached_at(listen);
    let connected = tokio::time::timeout(std::time::Duration::from_secs(1), tokio::net::TcpStream::connect(at)).await;
    if listen.port() == 0 || !matches!(connected, Ok(Ok(_))) {
        return Finding::ok("server", format!("none runs at {listen}"));
    }
    let asked = tokio::time::timeout(std::time::Duration::from_secs(5), ask(&format!("http://{at}"))).await;
    match asked {
        Ok(Ok(report)) if report.status == Status::Pass => {
            Finding::ok("server", format!("one runs at {at} and is ready"))
        }
        Ok(Ok(report)) => Finding::warn(
            "server",
            format!("the one at {at} is not well: {}", report.causes()),
            "see its log, and what follows",
        ),
        _ => Finding::warn(
            "server",
            format!("something that is no Rollcall listens on {at}"),
            "end it, or set another --listen",
        ),
    }
}

pub async fn redis(config: &Config) -> Finding {
    let Some(url) = &config.redis_url else {
        return Finding::ok("redis", "none is set; one instance needs none");
    };
    match ping(url).await {
        Ok(()) => Finding::ok("redis", "answers"),
        // Each instance goes on alone.
        Err(error) => Finding::warn(
            "redis",
            format!("does not answer: {error:#}"),
            "see that it runs and that --redis-url is right",
        ),
    }
}

/// Each connection is an open file.
pub fn files(config: &Config) -> Finding {
    let wanted = config.limits.max_connections;
    match possible(wanted) {
        Some(seats) if seats < wanted as usize => {
            let found = format!("the limit of open files leaves {seats} connections, not {wanted}");
            Finding::warn("files", found, "raise it (LimitNOFILE=, ulimit -Hn), or lower --max-connections")
        }
        _ => Finding::ok("files", format!("enough may be open for {wanted} connections")),
    }
}
