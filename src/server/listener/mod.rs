//! Accepts connections and serves HTTP on them, until shutdown has drained the last one.

pub mod accept;
mod activity;
mod connection;
pub mod host;
mod service;
mod socket;
pub mod systemd;
mod version;

use sd_notify::NotifyState;
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};

use self::accept::Connections;
use super::{
    foundation::{lifecycle::Phase, limits::Limits, telemetry},
    http::state::AppState,
};

/// Serves connections through all phases of the lifecycle, until the last request is done.
///
/// # Errors
/// When the listener cannot be closed in order.
pub async fn run(
    listener: TcpListener,
    mut connections: Connections,
    state: &AppState,
    limits: Limits,
    mut signals: Signals,
) -> anyhow::Result<()> {
    state.lifecycle.enter(Phase::Ready);
    systemd::tell(&[NotifyState::Ready, NotifyState::Status("serving")]);
    connections.admit_until(&listener, signals.next()).await;

    state.lifecycle.enter(Phase::Leaving);
    telemetry::draining();
    tracing::info!("told to stop: what runs is finished; told again, Rollcall ends at once");
    systemd::tell(&[NotifyState::Stopping, NotifyState::Status("finishing what runs")]);
    let impatient = tokio::spawn(signals.end_at_once());
    connections.admit_until(&listener, tokio::time::sleep(limits.shutdown_delay())).await;

    // First the listener: whoever is told to come back on another connection does not find this one.
    connections.admit_last(listener)?;
    state.lifecycle.enter(Phase::Draining);
    state.feed.close();
    connections.drain().await;
    impatient.abort();
    Ok(())
}

/// SIGTERM and SIGINT.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// # Errors
    /// When the handlers cannot be installed.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// What was acknowledged is on the disk, whatever runs now.
    async fn end_at_once(mut self) {
        self.next().await;
        tracing::warn!("told to stop again: what ran is cut");
        std::process::exit(1);
    }
}
