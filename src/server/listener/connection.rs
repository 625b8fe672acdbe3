//! One connection, from its first byte to its end.

use std::{
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use hyper::service::service_fn;
use hyper_util::{rt::TokioIo, server::graceful::GracefulConnection};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, sleep_until, timeout},
};

use super::{
    activity::{Activity, Cut},
    host::Host,
    service::Service,
    socket::Socket,
    version,
};
use crate::server::foundation::{client_ip::Peer, limits::Patience, telemetry::OpenConnection};

/// What an idle client is let to notice that the connection closes.
const POLITE: Duration = Duration::from_secs(1);
/// So much of what a client still sends is read, so that it reads the answer.
const REST: u64 = 1024 * 1024;

const REQUEST_TIMEOUT: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

impl Host {
    /// Answers what is asked on a connection until it ends. What is waited for holds nothing twice: there are
    /// as many as there are connections.
    pub fn converse(self: Arc<Self>, stream: TcpStream, peer: Peer, is_surplus: bool) -> impl Future<Output = ()> {
        let open = OpenConnection::at(self.name);
        // An answer is one write: nothing to gain by waiting for more.
        let _ = stream.set_nodelay(true);
        let activity = Activity::new(if is_surplus { Patience::SURPLUS } else { self.patience });
        let (stream, service) = (Arc::new(stream), Arc::new(Service { host: self, activity, peer, is_surplus }));
        async move {
            let cut = answer(&stream, &service).await;
            drop(service);
            end(stream, cut).await;
            drop(open);
        }
    }

    /// Lets a connection go on until it ends, its client takes too long, or the server stops.
    async fn attend<C>(&self, mut connection: Pin<&mut C>, activity: &Activity) -> Option<Cut>
    where
        C: GracefulConnection<Error = hyper::Error>,
    {
        let mut draining = pin!(self.lifecycle.draining());
        let (mut is_hurried, mut is_closing) = (false, false);
        let mut grace = Instant::now();
        loop {
            tokio::select! {
                ended = &mut connection => {
                    if let Err(error) = ended {
                        tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended badly");
                    }
                    return None;
                }
                () = &mut draining, if !is_hurried => {
                    is_hurried = true;
                    if activity.hurry(POLITE) {
                        connection.as_mut().graceful_shutdown();
                    }
                }
                () = sleep_until(activity.next_look().max(grace)) => match activity.overdue() {
                    None => {}
                    Some(Cut::Idle) if !is_closing => {
                        is_closing = true;
                        grace = Instant::now() + POLITE;
                        connection.as_mut().graceful_shutdown();
                    }
                    cut => return cut,
                },
            }
        }
    }

    /// How the client speaks, unless it says nothing for too long.
    async fn is_http2(&self, stream: &TcpStream, activity: &Activity) -> Result<bool, Cut> {
        let mut is_http2 = pin!(version::is_http2(stream, activity));
        let mut draining = pin!(self.lifecycle.draining());
        let mut is_hurried = false;
        loop {
            tokio::select! {
                is_http2 = &mut is_http2 => return Ok(is_http2),
                () = &mut draining, if !is_hurried => {
                    is_hurried = true;
                    activity.hurry(POLITE);
                }
                () = sleep_until(activity.next_look()) => {
                    if let Some(cut) = activity.overdue() {
                        return Err(cut);
                    }
                }
            }
        }
    }
}

/// Answers what is asked on a connection, in the version of HTTP that its client speaks.
async fn answer(stream: &Arc<TcpStream>, service: &Arc<Service>) -> Option<Cut> {
    let (host, activity) = (&service.host, &service.activity);
    let is_http2 = match host.is_http2(stream, activity).await {
        Ok(is_http2) => is_http2,
        Err(cut) => return Some(cut),
    };
    let io = TokioIo::new(Socket::new(stream.clone(), activity.clone()));
    let answers = service_fn({
        let service = service.clone();
        move |request| service.answer(request)
    });
    if is_http2 {
        // In a place of its own: it is large, and most connections are none.
        host.attend(Box::pin(host.http2.serve_connection(io, answers)).as_mut(), activity).await
    } else {
        host.attend(pin!(host.http1.serve_connection(io, answers)), activity).await
    }
}

/// Closes a connection that is over, or was cut.
async fn end(stream: Arc<TcpStream>, cut: Option<Cut>) {
    let Some(stream) = Arc::into_inner(stream) else { return };
    match cut {
        // Otherwise the system would keep for long what nobody takes.
        Some(Cut::SlowReader) => drop(stream.set_zero_linger()),
        Some(Cut::SlowHead) => {
            let _ = stream.try_write(REQUEST_TIMEOUT);
            part(stream).await;
        }
        Some(Cut::Idle) | None => part(stream).await,
    }
}

/// Closes a connection so that the client reads what it was sent: a socket closed over unread bytes
/// resets it (RFC 9112 section 9.6).
async fn part(mut stream: TcpStream) {
    let _ = stream.shutdown().await;
    let mut rest = stream.take(REST);
    let reading = async {
        let mut scrap = vec![0; 8 * 1024];
        while rest.read(&mut scrap).await.is_ok_and(|read| read > 0) {}
    };
    let _ = timeout(POLITE, reading).await;
}
