//! Lifecycle: graceful shutdown, and notifications to the service manager.

use std::{
    error::Error,
    os::unix::net::UnixDatagram,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::http::Request;
use h2::Reason;
use http_body_util::{BodyExt, Empty};
use hyper::{body::Bytes, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{net::TcpStream, task::JoinSet, time::timeout};

use super::client::{DEADLINE, Raw, eventually, partial_form, stay_busy};
use crate::cli::{LAUREATES, run, server::Server};

#[tokio::test]
async fn no_request_of_100_busy_connections_fails_on_shutdown() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["import", LAUREATES]);
    let mut server = Server::start_with_log(folder.path(), &["--anonymous", "read"], "warn");
    let answered = Arc::new(AtomicU32::new(0));
    let mut clients = JoinSet::new();
    for _ in 0..100 {
        let (address, answered) = (server.address().to_owned(), answered.clone());
        clients.spawn(async move { stay_busy(address, "/api/v1/users", &answered).await });
    }
    eventually("2,000 answers", async || answered.load(Ordering::Relaxed) >= 2_000).await;
    server.signal("TERM");
    let failed: Vec<String> =
        timeout(DEADLINE, clients.join_all()).await.unwrap().into_iter().filter_map(Result::err).collect();
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!(server.wait(), Some(0));
}

/// HTTP/2 has GOAWAY: earlier requests are completed, and the client learns which requests were never begun.
async fn stay_busy_on_one_connection(address: String, answered: &AtomicU32) -> Result<(), String> {
    let stream = TcpStream::connect(&address).await.unwrap();
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    while sender.ready().await.is_ok() {
        let request = Request::get(format!("http://{address}/api/v1/users")).body(Empty::<Bytes>::new()).unwrap();
        let response = match sender.send_request(request).await {
            Ok(response) => response,
            Err(error) if was_never_begun(&error) => return Ok(()),
            Err(error) => return Err(format!("{error:?}")),
        };
        let status = response.status();
        response.into_body().collect().await.map_err(|error| format!("truncated: {error:?}"))?;
        if status != 200 {
            return Err(status.to_string());
        }
        answered.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// Whether a request can be retried safely: it was not sent because the connection had just closed, or it crossed a
/// GOAWAY that names an earlier stream (RFC 9113, section 6.8).
fn was_never_begun(error: &hyper::Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<h2::Error>());
    error.is_canceled()
        || cause
            .is_some_and(|error| error.is_go_away() && error.is_remote() && error.reason() == Some(Reason::NO_ERROR))
}

#[tokio::test]
async fn no_request_over_http_2_fails_on_shutdown() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path(), &["--anonymous", "read"]);
    let answered = Arc::new(AtomicU32::new(0));
    let mut clients = JoinSet::new();
    for _ in 0..10 {
        let (address, answered) = (server.address().to_owned(), answered.clone());
        clients.spawn(async move { stay_busy_on_one_connection(address, &answered).await });
    }
    eventually("200 answers", async || answered.load(Ordering::Relaxed) >= 200).await;
    server.signal("TERM");
    let ended = timeout(DEADLINE, clients.join_all()).await.unwrap();
    assert_eq!(ended.into_iter().filter_map(Result::err).collect::<Vec<_>>(), Vec::<String>::new());
    assert_eq!(server.wait(), Some(0));
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    let begun = log.lines().filter(|line| line.contains("/api/v1/users")).count();
    assert_eq!(begun, answered.load(Ordering::Relaxed) as usize, "whatever was begun was answered");
}

#[tokio::test]
async fn on_sigterm_readiness_fails_first_and_requests_in_flight_finish() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path(), &["--anonymous", "read", "--shutdown-delay", "5"]);
    let (mut running, mut idle) = (Raw::connect(server.address()).await, Raw::connect(server.address()).await);
    running.send(&partial_form(7)).await;
    assert_eq!(idle.get("/api/v1/users").await.0, 200);
    assert_eq!(server.get("/health/ready").await.0, 200);
    server.signal("TERM");
    eventually("red", async || server.get("/health/ready").await.0 == 503).await;
    assert!(server.get("/health/ready").await.1.contains(r#""output":"shutting down""#));
    let (status, live) = server.get("/health/live").await;
    assert_eq!((status, live.as_str()), (200, r#"{"status":"pass"}"#));
    let (status, head) = Raw::connect(server.address()).await.get("/api/v1/users").await;
    assert_eq!((status, head.contains("connection: close")), (200, false), "it serves on as before");

    eventually("connections are refused", async || TcpStream::connect(server.address()).await.is_err()).await;
    let (status, head) = idle.get("/api/v1/users").await;
    assert_eq!((status, head.contains("connection: close")), (200, true), "{head}");
    running.send("x").await;
    let (status, head) = running.answer().await;
    assert_eq!((status, head.contains("connection: close")), (422, true), "{head}");
    assert_eq!(server.wait(), Some(0));
}

#[tokio::test]
async fn a_second_signal_exits_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path(), &["--shutdown-delay", "60"]);
    server.signal("INT");
    eventually("red", async || server.get("/health/ready").await.0 == 503).await;
    server.signal("TERM");
    assert_eq!(server.wait(), Some(1));
    assert!(std::fs::read_to_string(folder.path().join("log")).unwrap().contains("second signal: exiting"));
}

#[tokio::test]
async fn idle_connections_do_not_delay_shutdown() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--anonymous", "read"]);
    let (mut used, mut fresh) = (Raw::connect(server.address()).await, Raw::connect(server.address()).await);
    used.get("/api/v1/users").await;
    assert_eq!(server.stop(folder.path()).0, Some(0));
    assert_eq!((used.rest().await.unwrap(), fresh.rest().await.unwrap()), (String::new(), String::new()));
}

#[tokio::test]
async fn systemd_is_notified_of_ready_watchdog_and_stopping() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let environment = [("NOTIFY_SOCKET", path.to_str().unwrap()), ("WATCHDOG_USEC", "200000")];
    let server = Server::start_with(folder.path(), &[], &environment);
    let next_message = || {
        let mut message = [0; 256];
        let length = socket.recv(&mut message).unwrap();
        String::from_utf8_lossy(&message[..length]).trim().to_owned()
    };
    assert_eq!(next_message(), "READY=1\nSTATUS=serving");
    assert_eq!([next_message(), next_message(), next_message()], ["WATCHDOG=1"; 3]);
    server.signal("TERM");
    let stopping = (0..10).map(|_| next_message()).find(|message| message != "WATCHDOG=1");
    assert_eq!(stopping.unwrap(), "STOPPING=1\nSTATUS=finishing in-flight requests");
}
