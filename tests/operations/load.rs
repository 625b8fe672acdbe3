//! Load shedding.

use axum::http::Request;
use serde_json::Value;
use sqlx::{Connection, SqliteConnection};
use tokio::time::timeout;

use super::client::{DEADLINE, Raw, ask, eventually, partial_form};
use crate::cli::server::Server;

#[tokio::test]
async fn beyond_the_connection_limit_the_response_is_503_and_health_checks_answer() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--anonymous", "read", "--max-connections", "5"]);
    let mut connected = Vec::new();
    for _ in 0..5 {
        let mut client = Raw::connect(server.address()).await;
        assert_eq!(client.get("/api/v1/users").await.0, 200);
        connected.push(client);
    }
    let mut surplus = Raw::connect(server.address()).await;
    let (status, head) = surplus.get("/api/v1/users").await;
    assert_eq!(status, 503);
    for line in ["retry-after: 1", "connection: close", "content-type: application/problem+json"] {
        assert!(head.contains(line), "{head}");
    }
    assert_eq!(surplus.rest().await.unwrap(), "");
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(Raw::connect(server.address()).await.get(path).await.0, 200, "{path}");
    }
    assert_eq!(connected[0].get("/api/v1/users").await.0, 200, "open connections are still served");
    connected.pop();
    eventually("a free connection", async || ask(server.address(), "/api/v1/users").await == Some(200)).await;
}

#[tokio::test]
async fn beyond_the_over_capacity_limit_connections_are_closed_and_the_server_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--anonymous", "read", "--max-connections", "1"]);
    let mut connected = Raw::connect(server.address()).await;
    connected.get("/api/v1/users").await;
    let mut clients = Vec::new();
    for _ in 0..200 {
        clients.push(Raw::connect(server.address()).await);
    }
    for client in &mut clients {
        let _ = client.rest().await;
    }
    assert_eq!(connected.get("/api/v1/users").await.0, 200);
    eventually("health", async || ask(server.address(), "/health/live").await == Some(200)).await;
}

/// Attempts to sign in to an unknown account until the server reports wrong credentials.
async fn sign_in(address: String) {
    let form = "email=ada%40example.org&password=nothing";
    let request = partial_form(form.len()) + form.strip_prefix("email=").unwrap();
    loop {
        let mut client = Raw::connect(&address).await;
        client.send(&request).await;
        if client.answer().await.0 == 422 {
            return;
        }
    }
}

/// A lock on the database, to which sign-ins have to write, keeps requests in flight.
#[tokio::test]
async fn beyond_the_in_flight_limit_the_response_is_503_in_the_accepted_format() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--anonymous", "read", "--max-in-flight", "1"]);
    let file = format!("sqlite://{}", folder.path().join("rollcall.db").display());
    let mut database = SqliteConnection::connect(&file).await.unwrap();
    eventually("ready", async || server.get("/health/ready").await.0 == 200).await;
    let lock = database.begin_with("begin immediate").await.unwrap();
    let held = tokio::spawn(sign_in(server.address().to_owned()));
    for (path, form) in [
        ("/api/v1/users", "application/problem+json"),
        ("/", "text/html; charset=utf-8"),
        ("/rpc/x", "application/x-postcard"),
    ] {
        eventually(path, async || {
            let reply = server.send(path, Request::get("/"), String::new()).await;
            (reply.status, reply.header("retry-after"), reply.header("content-type")) == (503, "1", form)
        })
        .await;
    }
    assert_eq!((server.get("/health/live").await.0, server.get("/health/ready").await.0), (200, 200));
    lock.rollback().await.unwrap();
    timeout(DEADLINE, held).await.expect("what has begun is not finished").unwrap();
    eventually("served again", async || server.get("/api/v1/users").await.0 == 200).await;
    let (_, log) = server.stop(folder.path());
    assert!(log.contains("too many requests in flight"), "{log}");
}

#[tokio::test]
async fn requests_waiting_for_their_body_do_not_count_as_in_flight() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--anonymous", "read", "--max-in-flight", "1"]);
    let mut waiting = Vec::new();
    for _ in 0..10 {
        let mut client = Raw::connect(server.address()).await;
        client.send(&partial_form(100)).await;
        waiting.push(client);
    }
    // A connection counts as in flight until the head of its request has been read.
    eventually("served all the time", async || {
        for _ in 0..10 {
            if server.get("/api/v1/users").await.0 != 200 {
                return false;
            }
        }
        true
    })
    .await;
}

#[tokio::test]
async fn an_oversized_request_head_gets_431() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--anonymous", "read"]);
    let large = format!("GET / HTTP/1.1\r\nhost: localhost\r\nx-large: {}\r\n\r\n", "x".repeat(500_000));
    let many = format!("GET / HTTP/1.1\r\nhost: localhost\r\n{}\r\n", "x-many: 1\r\n".repeat(150));
    for head in [large, many] {
        let mut client = Raw::connect(server.address()).await;
        client.send(&head).await;
        let answer = client.rest().await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer:?}");
    }
    let usual = format!("GET /api/v1/users HTTP/1.1\r\nhost: localhost\r\ncookie: {}\r\n\r\n", "x".repeat(16_000));
    let mut client = Raw::connect(server.address()).await;
    client.send(&usual).await;
    assert_eq!(client.answer().await.0, 200);
}

#[tokio::test]
async fn a_low_file_limit_reduces_the_connection_limit_and_is_logged() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with_few_files(folder.path(), 300, &["--anonymous", "read", "--log-format", "json"]);
    let mut open = Vec::new();
    for _ in 0..400 {
        open.push(Raw::connect(server.address()).await);
    }
    assert_eq!(open[0].get("/api/v1/users").await.0, 200);
    drop(open);
    eventually("served", async || ask(server.address(), "/api/v1/users").await == Some(200)).await;
    let (code, log) = server.stop(folder.path());
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let messages = lines.iter().filter_map(|line| line["message"].as_str());
    assert_eq!(
        messages.filter(|text| text.starts_with("the open-file limit allows only 108 connections")).count(),
        1,
        "{log}"
    );
    assert_eq!(code, Some(0));
}
