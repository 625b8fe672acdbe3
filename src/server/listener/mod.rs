//! The HTTP listener: accepts connections and serves them until shutdown has drained the last one.

pub mod accept;
mod activity;
mod connection;
pub mod server;
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
    foundation::{connections::ConnectionSettings, lifecycle::Phase, telemetry},
    http::state::AppState,
};

/// Serves connections through all phases of the lifecycle, until the last request is finished.
///
/// # Errors
/// When the connections in the listener's backlog cannot be accepted.
pub async fn run(
    listener: TcpListener,
    mut connections: Connections,
    state: &AppState,
    settings: ConnectionSettings,
    mut signals: Signals,
) -> anyhow::Result<()> {
    state.lifecycle.enter(Phase::Ready);
    systemd::notify(&[NotifyState::Ready, NotifyState::Status("serving")]);
    connections.accept_until(&listener, signals.next()).await;

    state.lifecycle.enter(Phase::ShuttingDown);
    telemetry::draining();
    tracing::info!("shutting down: finishing in-flight requests; signal again to exit now");
    systemd::notify(&[NotifyState::Stopping, NotifyState::Status("finishing in-flight requests")]);
    let second_signal = tokio::spawn(signals.exit_on_next());
    connections.accept_until(&listener, tokio::time::sleep(settings.shutdown_delay())).await;

    // The listener is closed first, so that clients that reconnect reach another instance.
    connections.close_listener(listener)?;
    state.lifecycle.enter(Phase::Draining);
    state.feed.close();
    connections.drain().await;
    second_signal.abort();
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

    /// Exits at the next signal. Acknowledged changes are on disk already.
    async fn exit_on_next(mut self) {
        self.next().await;
        tracing::warn!("second signal: exiting without finishing in-flight requests");
        std::process::exit(1);
    }
}
