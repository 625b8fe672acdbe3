//! `rollcall serve`: wires database, services, listener and exporter together.

use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;

use super::terminal::print;
use crate::server::{
    config::Config,
    exporter::Exporter,
    foundation::{
        clock::{Clock, Ids, SystemClock, UuidV7},
        connections::ConnectionSettings,
        limits::METRICS_CONNECTIONS,
    },
    http::{health, middleware::response_cache::FastPath, router::router, state::AppState, static_files::StaticFiles},
    listener::{self, Signals, accept::Connections, server::Server, systemd::Watchdog},
    services::{
        accounts::{Accounts, SIGN_IN_DISABLED},
        derived_columns, maintenance,
    },
    store::Store,
};

/// Serves until SIGTERM or Ctrl-C, then finishes in-flight requests. `more` are additional routes.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(store: Arc<dyn Store>, config: &Config, more: Router<AppState>) -> anyhow::Result<()> {
    let max_connections = config.connections.effective_connections();
    let socket =
        TcpListener::bind(config.listen).await.with_context(|| format!("cannot listen on {}", config.listen))?;
    let address = socket.local_addr()?;
    let settings = config.settings(address);
    let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) = (Arc::new(SystemClock), Arc::new(UuidV7));
    let state = AppState::new(&store, &clock, &ids, settings.clone())?;
    if StaticFiles::is_missing() {
        tracing::warn!("this binary was built without its static files, so pages will not hydrate: run `make build`");
    }
    let metrics = match config.metrics_listen {
        Some(address) => Some(Exporter::start(address).await?),
        None => None,
    };
    let router = router(state.clone(), more, config.cors_domains.clone());
    let signals = Signals::new()?;
    announce(format!("Rollcall is at {}", settings.sign_in_policy.public_url));
    let metrics = metrics.map(|metrics| {
        announce(format!("Metrics are at http://{}/metrics", metrics.address));
        tokio::spawn(serve_metrics(metrics, state.clone(), store.clone(), clock.clone(), config.connections))
    });
    print_setup_link(&state.accounts, settings.sign_in_policy.is_enabled).await?;
    let rebuild = tokio::spawn(derived_columns::run(store.clone()));
    let maintenance = tokio::spawn(maintenance::run(store, clock, config.retention()));
    let fast_path = FastPath::new(state.cache.clone(), state.access_log.clone());
    let server =
        Server::new("main", router, state.lifecycle.clone(), config.connections.timeouts()).with_fast_path(fast_path);
    listener::run(
        socket,
        Connections::new(server, max_connections, Watchdog::new()),
        &state,
        config.connections,
        signals,
    )
    .await?;
    rebuild.abort();
    maintenance.abort();
    if let Some(metrics) = metrics {
        metrics.abort();
    }
    Ok(())
}

/// Prints a link that creates the first admin. It goes to standard output and never to the log.
async fn print_setup_link(accounts: &Accounts, is_enabled: bool) -> anyhow::Result<()> {
    if !is_enabled {
        tracing::warn!("{SIGN_IN_DISABLED}");
    } else if let Some(link) = accounts.create_setup_link().await? {
        let link = link.expose_secret();
        announce(format!("There is no admin yet. Create one with this link, valid for 30 minutes: {link}"));
    }
    Ok(())
}

/// Prints a line. If that fails, the server runs on: others use it.
fn announce(line: String) {
    if let Err(error) = print([line]) {
        tracing::warn!(%error, "a start-up message was not shown");
    }
}

/// Serves metrics and health probes until the main listener has finished its last request.
async fn serve_metrics(
    exporter: Exporter,
    state: AppState,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    settings: ConnectionSettings,
) {
    let router = exporter
        .router(&store, state.redis.as_ref(), &state.feed, &state.cache)
        .merge(health::routes(state.health.clone()));
    let server = Server::new("metrics", router, state.lifecycle.clone(), settings.timeouts());
    let mut connections = Connections::new(server, METRICS_CONNECTIONS, Watchdog::none());
    let sampling = exporter.sample(store, clock);
    tokio::join!(sampling, connections.accept_until(&exporter.listener, std::future::pending()));
}
