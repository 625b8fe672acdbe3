//! Serving one connection, from its first byte until it is closed.

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
    activity::{Activity, TimeoutKind},
    server::Server,
    service::Service,
    socket::Socket,
    version,
};
use crate::server::foundation::{client_ip::Peer, connections::Timeouts, telemetry::OpenConnection};

/// How long an idle client has to notice that the connection closes.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// The maximum number of bytes that are read and discarded, so that the client can read the response.
const MAX_DISCARDED: u64 = 1024 * 1024;

const REQUEST_TIMEOUT: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

impl Server {
    /// Serves a connection until it ends. This future exists once per connection, so it is kept small.
    pub fn serve_connection(
        self: Arc<Self>,
        stream: TcpStream,
        peer: Peer,
        is_over_capacity: bool,
    ) -> impl Future<Output = ()> {
        let open = OpenConnection::at(self.name);
        // A response is written at once, so Nagle's algorithm would only delay it.
        let _ = stream.set_nodelay(true);
        let activity = Activity::new(if is_over_capacity { Timeouts::OVER_CAPACITY } else { self.timeouts });
        let (stream, service) =
            (Arc::new(stream), Arc::new(Service { server: self, activity, peer, is_over_capacity }));
        async move {
            let timed_out = serve_requests(&stream, &service).await;
            drop(service);
            close(stream, timed_out).await;
            drop(open);
        }
    }

    /// Drives a connection until it ends, exceeds a timeout, or the server shuts down.
    async fn drive<C>(&self, mut connection: Pin<&mut C>, activity: &Activity) -> Option<TimeoutKind>
    where
        C: GracefulConnection<Error = hyper::Error>,
    {
        let mut draining = pin!(self.lifecycle.draining());
        let (mut is_draining, mut is_closing) = (false, false);
        let mut grace = Instant::now();
        loop {
            tokio::select! {
                ended = &mut connection => {
                    if let Err(error) = ended {
                        tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended with an error");
                    }
                    return None;
                }
                () = &mut draining, if !is_draining => {
                    is_draining = true;
                    if activity.shorten_idle(CLOSE_TIMEOUT) {
                        connection.as_mut().graceful_shutdown();
                    }
                }
                () = sleep_until(activity.next_check().max(grace)) => match activity.overdue() {
                    None => {}
                    Some(TimeoutKind::Idle) if !is_closing => {
                        is_closing = true;
                        grace = Instant::now() + CLOSE_TIMEOUT;
                        connection.as_mut().graceful_shutdown();
                    }
                    timed_out => return timed_out,
                },
            }
        }
    }

    /// Whether the client uses HTTP/2, unless it exceeds a timeout before that is known.
    async fn is_http2(&self, stream: &TcpStream, activity: &Activity) -> Result<bool, TimeoutKind> {
        let mut is_http2 = pin!(version::is_http2(stream, activity));
        let mut draining = pin!(self.lifecycle.draining());
        let mut is_draining = false;
        loop {
            tokio::select! {
                is_http2 = &mut is_http2 => return Ok(is_http2),
                () = &mut draining, if !is_draining => {
                    is_draining = true;
                    activity.shorten_idle(CLOSE_TIMEOUT);
                }
                () = sleep_until(activity.next_check()) => {
                    if let Some(timed_out) = activity.overdue() {
                        return Err(timed_out);
                    }
                }
            }
        }
    }
}

/// Serves the requests of a connection, over HTTP/1 or HTTP/2.
async fn serve_requests(stream: &Arc<TcpStream>, service: &Arc<Service>) -> Option<TimeoutKind> {
    let (server, activity) = (&service.server, &service.activity);
    let is_http2 = match server.is_http2(stream, activity).await {
        Ok(is_http2) => is_http2,
        Err(timed_out) => return Some(timed_out),
    };
    let io = TokioIo::new(Socket::new(stream.clone(), activity.clone()));
    let handler = service_fn({
        let service = service.clone();
        move |request| service.call(request)
    });
    if is_http2 {
        // Boxed, because it is large and most connections are HTTP/1.
        server.drive(Box::pin(server.http2.serve_connection(io, handler)).as_mut(), activity).await
    } else {
        server.drive(pin!(server.http1.serve_connection(io, handler)), activity).await
    }
}

/// Closes a connection that ended or exceeded a timeout.
async fn close(stream: Arc<TcpStream>, timed_out: Option<TimeoutKind>) {
    let Some(stream) = Arc::into_inner(stream) else { return };
    match timed_out {
        // Discards the unsent bytes, which the system would otherwise keep for long.
        Some(TimeoutKind::SlowReader) => drop(stream.set_zero_linger()),
        Some(TimeoutKind::SlowHead) => {
            let _ = stream.try_write(REQUEST_TIMEOUT);
            close_gracefully(stream).await;
        }
        Some(TimeoutKind::Idle) | None => close_gracefully(stream).await,
    }
}

/// Closes a connection so that the client can read the response: a socket closed with unread bytes
/// resets it (RFC 9112 section 9.6).
async fn close_gracefully(mut stream: TcpStream) {
    let _ = stream.shutdown().await;
    let mut rest = stream.take(MAX_DISCARDED);
    let reading = async {
        let mut scrap = vec![0; 8 * 1024];
        while rest.read(&mut scrap).await.is_ok_and(|read| read > 0) {}
    };
    let _ = timeout(CLOSE_TIMEOUT, reading).await;
}
