//! Serving over HTTP.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use axum::{Router, extract::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use secrecy::ExposeSecret;
use tokio::{
    net::{TcpListener, TcpStream},
    signal::unix::{SignalKind, signal},
};
use tower::ServiceExt;

use super::{
    Clock, Ids, SystemClock, UuidV7,
    accounts::{Accounts, CLOSED},
    auth::client::Peer,
    config::Config,
    feed::Feed,
    router::router,
    site::Site,
    state::AppState,
    store::Store,
    upkeep,
};

/// How long a client may take to send the head of a request.
const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(10);

/// How long requests under way may take to finish once the server was told to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);

/// Serves until SIGTERM or Ctrl-C, then lets requests under way finish.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(store: Arc<dyn Store>, config: &Config) -> anyhow::Result<()> {
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
    let stop = stopped()?;
    println!("Rollcall is at {}", settings.entrance.public_url);
    offer_setup(&state.accounts, settings.entrance.is_open).await?;
    let upkeep = tokio::spawn(upkeep::run(store, clock, config.kept()));
    accept(listener, router, stop, &state.feed).await;
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

async fn accept(listener: TcpListener, router: Router, stop: impl Future<Output = ()>, feed: &Feed) {
    let connections = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of files, most likely: what is open now will close.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        converse(stream, Peer(peer), router.clone(), &connections);
    }
    drop(listener);
    feed.close();
    tokio::select! {
        () = connections.shutdown() => {}
        () = tokio::time::sleep(DRAIN_TIMEOUT) => tracing::warn!("some requests did not finish in time"),
    }
}

fn converse(stream: TcpStream, peer: Peer, router: Router, connections: &GracefulShutdown) {
    // An answer is one write: nothing to gain by waiting for more.
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        request.map(axum::body::Body::new)
    }));
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_READ_TIMEOUT);
    let connection = http.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(error, "a connection ended badly");
        }
    });
}

/// Completes at SIGTERM or SIGINT.
fn stopped() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
