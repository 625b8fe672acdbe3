//! `rollcall healthcheck`: asks a running server whether it may be sent requests, for containers
//! that hold nothing else to ask with. Opens no database.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    process::ExitCode,
    time::Duration,
};

use anyhow::Context;
use axum::{body::Body, http::Uri};
use http_body_util::{BodyExt, Limited};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};

use crate::server::{
    http::paths::READY,
    services::health::{Report, Status},
};

/// A server that does not say in this time that it is well is not.
const PATIENCE: Duration = Duration::from_secs(5);
const LONGEST_ANSWER: usize = 64 * 1024;

/// Prints one line; exits with 0 when the server is ready and with 1 otherwise.
///
/// # Errors
/// When there is nobody to ask.
pub async fn run(url: Option<&Uri>, listen: SocketAddr) -> anyhow::Result<ExitCode> {
    let server = match url {
        Some(url) => url.to_string(),
        None if listen.port() == 0 => anyhow::bail!("port 0 is any: say by --url where the server is"),
        None => format!("http://{}", reached_at(listen)),
    };
    let asked = tokio::time::timeout(PATIENCE, ask(&server)).await;
    let report = asked.unwrap_or_else(|_| Err(anyhow::anyhow!("no answer within {} seconds", PATIENCE.as_secs())));
    let report = report.with_context(|| format!("{server} is not ready"))?;
    let causes = report.causes();
    if report.status == Status::Fail {
        anyhow::bail!("{server} is not ready: {causes}");
    }
    println!("{server} is ready{}{causes}", if causes.is_empty() { "" } else { ", but " });
    Ok(ExitCode::SUCCESS)
}

/// What the server says of itself.
///
/// # Errors
/// When it does not answer, or is no Rollcall.
pub async fn ask(server: &str) -> anyhow::Result<Report> {
    let address = format!("{}{READY}", server.trim_end_matches('/')).parse()?;
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let (head, body) = client.get(address).await.context("it cannot be reached")?.into_parts();
    let body = Limited::new(body, LONGEST_ANSWER).collect().await.map_err(anyhow::Error::from_boxed)?.to_bytes();
    serde_json::from_slice(&body).with_context(|| format!("its answer, {}, is not one of Rollcall", head.status))
}

/// Who listens everywhere is reached here.
pub fn reached_at(listening: SocketAddr) -> SocketAddr {
    let ip = match listening.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listening.port())
}
