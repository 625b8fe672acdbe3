//! Serving over HTTP, from the start to the end.

mod accept;
mod activity;
mod connection;
mod limits;
mod service;
mod socket;
mod systemd;

pub use limits::Limits;

use std::sync::Arc;

use anyhow::Context;
use sd_notify::NotifyState;
use secrecy::ExposeSecret;
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};

use self::{accept::Connections, connection::Host};
use super::{
    Clock, Ids, SystemClock, UuidV7,
    accounts::{Accounts, CLOSED},
    config::Config,
    lifecycle::Phase,
    router::router,
    site::Site,
    state::AppState,
    store::Store,
    upkeep,
};

/// Serves until SIGTERM or Ctrl-C, then lets requests under way finish.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(store: Arc<dyn Store>, config: &Config) -> anyhow::Result<()> {
    let seats = config.limits.seats();
    let listener =
        TcpListener::bind(config.listen).await.with_context(|| format!("cannot listen on {}", config.listen))?;
    let address = listener.local_addr()?;
    let settings = config.settings(address);
    let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) = (Arc::new(SystemClock), Arc::new(UuidV7));
    let state = AppState::new(&store, &clock, &ids, settings.clone())?;
    if Site::is_missing() {
        tracing::warn!(
            "this binary was built without its site: pages will not come alive; build it with cargo leptos build"
        );
    }
    let router = router(state.clone(), config.cors_domains.clone());
    let signals = Signals::new()?;
    println!("Rollcall is at {}", settings.entrance.public_url);
    offer_setup(&state.accounts, settings.entrance.is_open).await?;
    let upkeep = tokio::spawn(upkeep::run(store, clock, config.kept()));
    let host = Host::new(router, state.lifecycle.clone(), config.limits.patience());
    run(listener, Connections::new(host, seats), &state, config.limits, signals).await?;
    upkeep.abort();
    Ok(())
}

/// Tells whoever starts Rollcall, and no log, how to make the first admin.
async fn offer_setup(accounts: &Accounts, is_open: bool) -> anyhow::Result<()> {
    if !is_open {
        tracing::warn!("{CLOSED}");
    } else if let Some(link) = accounts.create_setup_link().await? {
        println!("There is no admin yet. For 30 minutes this link makes one: {}", link.expose_secret());
    }
    Ok(())
}

/// Through all phases, to the end.
async fn run(
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
    tracing::info!("told to stop: what runs is finished; told again, Rollcall ends at once");
    systemd::tell(&[NotifyState::Stopping, NotifyState::Status("finishing what runs")]);
    let impatient = tokio::spawn(signals.end_at_once());
    connections.admit_until(&listener, tokio::time::sleep(limits.shutdown_delay())).await;

    // First the listener: whoever is told to come back on another connection does not find this one.
    connections.admit_last(listener)?;
    state.lifecycle.enter(Phase::Draining);
    connections.drain().await;
    impatient.abort();
    Ok(())
}

/// SIGTERM and SIGINT.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> anyhow::Result<Self> {
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
