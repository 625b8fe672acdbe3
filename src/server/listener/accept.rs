//! Who is let in: as many connections as there are seats, and a few that are told to come back.

use std::{sync::Arc, time::Duration};

use futures::FutureExt;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
};

use super::{
    host::Host,
    systemd::{Watchdog, calm_watchdog},
};
use crate::server::foundation::{client_ip::Peer, limits::SURPLUS};

/// How long running requests may take once nobody is let in any more.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);
/// When no connection can be accepted, what is open now has to close first.
const PAUSE: Duration = Duration::from_millis(100);

/// The connections of a server.
#[derive(Debug)]
pub struct Connections {
    host: Arc<Host>,
    seats: Arc<Semaphore>,
    surplus: Arc<Semaphore>,
    open: JoinSet<()>,
    watchdog: Watchdog,
    is_failing: bool,
}

impl Connections {
    pub fn new(host: Host, seats: usize, watchdog: Watchdog) -> Self {
        Self {
            host: Arc::new(host),
            seats: Arc::new(Semaphore::new(seats)),
            surplus: Arc::new(Semaphore::new(SURPLUS)),
            open: JoinSet::new(),
            watchdog,
            is_failing: false,
        }
    }

    /// Lets clients in until something happens.
    pub async fn admit_until(&mut self, listener: &TcpListener, end: impl Future<Output = ()>) {
        let mut end = std::pin::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return,
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => self.seat(stream, Peer(peer)),
                    Err(error) => self.recover(&error).await,
                },
                () = self.watchdog.due() => calm_watchdog(),
                Some(_) = self.open.join_next() => {}
            }
        }
    }

    /// Lets those in who are connected already, and nobody after them.
    pub fn admit_last(&mut self, listener: TcpListener) -> anyhow::Result<()> {
        let listener = listener.into_std()?;
        while let Ok((stream, peer)) = listener.accept() {
            stream.set_nonblocking(true)?;
            self.seat(TcpStream::from_std(stream)?, Peer(peer));
        }
        Ok(())
    }

    /// Waits until all have gone; who stays too long is cut.
    pub async fn drain(mut self) {
        let gone = async { while self.open.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN_TIMEOUT, gone).await.is_err() {
            tracing::warn!(connections = self.open.len(), "some requests did not finish in time");
            self.open.shutdown().await;
        }
    }

    fn seat(&mut self, stream: TcpStream, peer: Peer) {
        self.is_failing = false;
        let seat = self.seats.clone().try_acquire_owned();
        let is_surplus = seat.is_err();
        // Beyond the surplus there is no answer: the stream is dropped.
        let Ok(seat) = seat.or_else(|_| self.surplus.clone().try_acquire_owned()) else { return };
        let conversation = self.host.clone().converse(stream, peer, is_surplus);
        self.open.spawn(conversation.map(|()| drop(seat)));
    }

    /// Out of files, most likely.
    async fn recover(&mut self, error: &std::io::Error) {
        if !std::mem::replace(&mut self.is_failing, true) {
            tracing::warn!(%error, "cannot accept connections");
        }
        tokio::time::sleep(PAUSE).await;
    }
}
