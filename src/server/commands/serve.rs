//! `rollcall serve`: wires database, services, listener and exporter together.

use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;

use crate::server::{
    config::Config,
    exporter::Exporter,
    foundation::{
        clock::{Clock, Ids, SystemClock, UuidV7},
        limits::Limits,
    },
    http::{health, middleware::response_cache::Front, router::router, state::AppState, static_files::Site},
    listener::{self, Signals, accept::Connections, host::Host, systemd::Watchdog},
    services::{
        accounts::{Accounts, CLOSED},
        maintenance,
    },
    store::Store,
};

/// So many connections at once to the listener for metrics.
const OBSERVERS: usize = 64;

/// Serves until SIGTERM or Ctrl-C, then finishes in-flight requests. `more` are routes beside those of the product.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(store: Arc<dyn Store>, config: &Config, more: Router<AppState>) -> anyhow::Result<()> {
    let seats = config.limits.seats();
    let socket =
        TcpListener::bind(config.listen).await.with_context(|| format!("cannot listen on {}", config.listen))?;
    let address = socket.local_addr()?;
    let settings = config.settings(address);
    let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) = (Arc::new(SystemClock), Arc::new(UuidV7));
    let state = AppState::new(&store, &clock, &ids, settings.clone())?;
    if Site::is_missing() {
        tracing::warn!(
            "this binary was built without its site: pages will not come alive; build it with cargo leptos build"
        );
    }
    let metrics = match config.metrics_listen {
        Some(address) => Some(Exporter::start(address).await?),
        None => None,
    };
    let router = router(state.clone(), more, config.cors_domains.clone());
    let signals = Signals::new()?;
    println!("Rollcall is at {}", settings.entrance.public_url);
    let observed = metrics.map(|metrics| {
        println!("Metrics are at http://{}/metrics", metrics.address);
        tokio::spawn(observe(metrics, state.clone(), store.clone(), clock.clone(), config.limits))
    });
    offer_setup(&state.accounts, settings.entrance.is_open).await?;
    let upkeep = tokio::spawn(maintenance::run(store, clock, config.kept()));
    let front = Front::new(state.cache.clone(), state.access_log.clone());
    let host = Host::new("main", router, state.lifecycle.clone(), config.limits.patience()).with_fast_path(front);
    listener::run(socket, Connections::new(host, seats, Watchdog::new()), &state, config.limits, signals).await?;
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
async fn observe(exporter: Exporter, state: AppState, store: Arc<dyn Store>, clock: Arc<dyn Clock>, limits: Limits) {
    let router = exporter
        .router(&store, state.redis.as_ref(), &state.feed, &state.cache)
        .merge(health::routes(state.health.clone()));
    let host = Host::new("metrics", router, state.lifecycle.clone(), limits.patience());
    let mut connections = Connections::new(host, OBSERVERS, Watchdog::none());
    let kept = exporter.keep(store, clock);
    tokio::join!(kept, connections.accept_until(&exporter.listener, std::future::pending()));
}
