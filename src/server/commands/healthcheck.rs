//! `rollcall healthcheck`: checks whether a running server is ready, for containers without another HTTP client. Opens
//! no database.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    process::ExitCode,
    time::Duration,
};

use anyhow::Context;
use axum::{body::Body, http::Uri};
use http_body_util::{BodyExt, Limited};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};

use super::terminal::print;
use crate::server::{
    http::paths::READY,
    services::health::{Report, Status},
};

/// How long to wait for the response.
const TIMEOUT: Duration = Duration::from_secs(5);
const MAX_RESPONSE: usize = 64 * 1024;

/// Prints one line; exits with 0 when the server is ready and with 1 otherwise.
///
/// # Errors
/// When the server is not ready, or no URL is known.
pub async fn run(url: Option<&Uri>, listen: SocketAddr) -> anyhow::Result<ExitCode> {
    let server = match url {
        Some(url) => url.to_string(),
        None if listen.port() == 0 => {
            anyhow::bail!("port 0 means any free port: give the URL of the server with --url")
        }
        None => format!("http://{}", reachable_address(listen)),
    };
    let fetched = tokio::time::timeout(TIMEOUT, fetch_report(&server)).await;
    let report = fetched.unwrap_or_else(|_| Err(anyhow::anyhow!("no response within {} seconds", TIMEOUT.as_secs())));
    let report = report.with_context(|| format!("{server} is not ready"))?;
    let causes = report.causes();
    if report.status == Status::Fail {
        anyhow::bail!("{server} is not ready: {causes}");
    }
    print([format!("{server} is ready{}{causes}", if causes.is_empty() { "" } else { ", but " })])?;
    Ok(ExitCode::SUCCESS)
}

/// Requests the health report of a server.
///
/// # Errors
/// When it does not respond, or is not Rollcall.
pub async fn fetch_report(server: &str) -> anyhow::Result<Report> {
    let address = format!("{}{READY}", server.trim_end_matches('/')).parse()?;
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let (head, body) = client.get(address).await.context("it cannot be reached")?.into_parts();
    let body = Limited::new(body, MAX_RESPONSE).collect().await.map_err(anyhow::Error::from_boxed)?.to_bytes();
    serde_json::from_slice(&body).with_context(|| format!("its response ({}) is not from Rollcall", head.status))
}

/// The address that reaches a listener: loopback if it listens on all addresses.
pub fn reachable_address(listening: SocketAddr) -> SocketAddr {
    let ip = match listening.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listening.port())
}
