//! Serving over HTTP, from the start to the end.

mod accept;
mod activity;
mod connection;
mod limits;
mod service;
mod socket;
mod systemd;
mod version;

pub use limits::{Limits, possible};

use std::sync::Arc;

use anyhow::Context;
use sd_notify::NotifyState;
use secrecy::ExposeSecret;
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};

use self::{accept::Connections, connection::Host, systemd::Watchdog};
use super::{
    Clock, Ids, SystemClock, UuidV7,
    accounts::{Accounts, CLOSED},
    cache::Front,
    config::Config,
    health,
    lifecycle::Phase,
    metrics::{self, Metrics},
    router::router,
    site::Site,
    state::AppState,
    store::Store,
    upkeep,
};

/// So many connections at once to the listener for metrics.
const OBSERVERS: usize = 64;

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
    let metrics = match config.metrics_listen {
        Some(address) => Some(Metrics::start(address).await?),
        None => None,
    };
    let router = router(state.clone(), config.cors_domains.clone());
    let signals = Signals::new()?;
    println!("Rollcall is at {}", settings.entrance.public_url);
    let observed = metrics.map(|metrics| {
        println!("Metrics are at http://{}/metrics", metrics.address);
        tokio::spawn(observe(metrics, state.clone(), store.clone(), clock.clone(), config.limits))
    });
    offer_setup(&state.accounts, settings.entrance.is_open).await?;
    let upkeep = tokio::spawn(upkeep::run(store, clock, config.kept()));
    let front = Front::new(state.cache.clone(), state.access_log.clone());
    let host = Host::new("main", router, state.lifecycle.clone(), config.limits.patience()).behind(front);
    run(listener, Connections::new(host, seats, Watchdog::new()), &state, config.limits, signals).await?;
    upkeep.abort();
    if let Some(observed) = observed {
        observed.abort();
    }
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

/// Answers Prometheus and probes until the last request of others is done.
async fn observe(metrics: Metrics, state: AppState, store: Arc<dyn Store>, clock: Arc<dyn Clock>, limits: Limits) {
    let router = metrics
        .router(&store, state.redis.as_ref(), &state.feed, &state.cache)
        .merge(health::routes(state.health.clone()));
    let host = Host::new("metrics", router, state.lifecycle.clone(), limits.patience());
    let mut connections = Connections::new(host, OBSERVERS, Watchdog::none());
    let kept = metrics.keep(store, clock);
    tokio::join!(kept, connections.admit_until(&metrics.listener, std::future::pending()));
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
    metrics::draining();
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
