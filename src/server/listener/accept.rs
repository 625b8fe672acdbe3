//! Accepting connections: up to the maximum they are served, and a few beyond it are answered with 503.

use std::{sync::Arc, time::Duration};

use futures::FutureExt;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
};

use super::{
    server::Server,
    systemd::{Watchdog, notify_watchdog},
};
use crate::server::foundation::{client_ip::Peer, limits::OVER_CAPACITY};

/// How long requests in flight may take after the listener is closed.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);
/// How long to wait after a failed accept, which usually needs open connections to close first.
const RETRY_DELAY: Duration = Duration::from_millis(100);

/// The connections of a server.
#[derive(Debug)]
pub struct Connections {
    server: Arc<Server>,
    permits: Arc<Semaphore>,
    over_capacity_permits: Arc<Semaphore>,
    open: JoinSet<()>,
    watchdog: Watchdog,
    is_failing: bool,
}

impl Connections {
    pub fn new(server: Server, max_connections: usize, watchdog: Watchdog) -> Self {
        Self {
            server: Arc::new(server),
            permits: Arc::new(Semaphore::new(max_connections)),
            over_capacity_permits: Arc::new(Semaphore::new(OVER_CAPACITY)),
            open: JoinSet::new(),
            watchdog,
            is_failing: false,
        }
    }

    /// Accepts connections until a future completes.
    pub async fn accept_until(&mut self, listener: &TcpListener, end: impl Future<Output = ()>) {
        let mut end = std::pin::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return,
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => self.serve(stream, Peer(peer)),
                    Err(error) => self.recover(&error).await,
                },
                () = self.watchdog.due() => notify_watchdog(),
                Some(_) = self.open.join_next() => {}
            }
        }
    }

    /// Closes the listener after accepting the connections in its backlog.
    pub fn close_listener(&mut self, listener: TcpListener) -> anyhow::Result<()> {
        let listener = listener.into_std()?;
        while let Ok((stream, peer)) = listener.accept() {
            stream.set_nonblocking(true)?;
            self.serve(TcpStream::from_std(stream)?, Peer(peer));
        }
        Ok(())
    }

    /// Waits until all connections have closed, and aborts those that are left after the timeout.
    pub async fn drain(mut self) {
        let closed = async { while self.open.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN_TIMEOUT, closed).await.is_err() {
            tracing::warn!(connections = self.open.len(), "requests did not finish in time: closing their connections");
            self.open.shutdown().await;
        }
    }

    fn serve(&mut self, stream: TcpStream, peer: Peer) {
        self.is_failing = false;
        let permit = self.permits.clone().try_acquire_owned();
        let is_over_capacity = permit.is_err();
        // Connections beyond both limits are closed without a response.
        let Ok(permit) = permit.or_else(|_| self.over_capacity_permits.clone().try_acquire_owned()) else { return };
        let serving = self.server.clone().serve_connection(stream, peer, is_over_capacity);
        self.open.spawn(serving.map(|()| drop(permit)));
    }

    /// Logs the first of consecutive errors, which are most likely a lack of file descriptors, and waits.
    async fn recover(&mut self, error: &std::io::Error) {
        if !std::mem::replace(&mut self.is_failing, true) {
            tracing::warn!(%error, "cannot accept connections");
        }
        tokio::time::sleep(RETRY_DELAY).await;
    }
}
