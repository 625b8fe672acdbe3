//! Slow clients.

use std::{sync::atomic::AtomicU32, time::Duration};

use tokio::{
    io::AsyncWriteExt,
    net::TcpSocket,
    time::{interval, timeout},
};

use super::client::{DEADLINE, Raw, eventually, partial_form, stay_busy};
use crate::cli::{run, server::Server};

/// Sends a byte at a time until the server closes the connection; returns the response.
async fn dribble(mut client: Raw) -> String {
    let (mut reading, mut writing) = client.0.split();
    let mut answer = Vec::new();
    let read = tokio::io::AsyncReadExt::read_to_end(&mut reading, &mut answer);
    let write = async {
        let mut pace = interval(Duration::from_millis(200));
        while writing.write_all(b"x").await.is_ok() {
            pace.tick().await;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        ended = timeout(DEADLINE, read) => drop(ended.expect("a client that dribbles is never cut")),
        () = write => {}
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_slow_head_or_body_gets_408() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--anonymous", "read"]);
    let mut first = Raw::connect(server.address()).await;
    first.send("GET / HTTP/1.1\r\nx-slow: ").await;
    let mut second = Raw::connect(server.address()).await;
    second.get("/api/v1/users").await;
    second.send("GET / HTTP/1.1\r\nx-slow: ").await;
    let mut body = Raw::connect(server.address()).await;
    body.send(&partial_form(1_000)).await;
    let mut preface = Raw::connect(server.address()).await;
    preface.send("PRI * HT").await;
    let (first, second, body, preface) = tokio::join!(dribble(first), dribble(second), dribble(body), preface.rest());
    for answer in [first, second, body, preface.unwrap()] {
        assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer:?}");
        assert!(answer.contains("connection: close"), "{answer:?}");
    }
}

#[tokio::test]
async fn the_http_2_preface_may_arrive_in_parts() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--anonymous", "read"]);
    let mut client = Raw::connect(server.address()).await;
    // The HTTP/2 connection preface (RFC 9113, section 3.4), followed by an empty SETTINGS frame.
    for part in ["P", "RI * HT", "TP/2.0\r\n\r\nSM\r\n\r\n", "\0\0\0\x04\0\0\0\0\0"] {
        client.send(part).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut frame = [0; 9];
    let read = tokio::io::AsyncReadExt::read_exact(&mut client.0, &mut frame);
    timeout(DEADLINE, read).await.expect("it is answered").unwrap();
    assert_eq!(frame[3], 4, "no settings: {frame:?}");
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--anonymous", "read", "--idle-timeout", "1"]);
    let (mut fresh, mut used) = (Raw::connect(server.address()).await, Raw::connect(server.address()).await);
    let mut asking = Raw::connect(server.address()).await;
    used.get("/api/v1/users").await;
    asking.send(&partial_form(7)).await;
    assert_eq!((fresh.rest().await.unwrap(), used.rest().await.unwrap()), (String::new(), String::new()));
    asking.send("x").await;
    assert_eq!(asking.answer().await.0, 422, "a connection that sends a body is not idle");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_disconnected() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--anonymous", "read"]);
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut client = Raw(socket.connect(server.address().parse().unwrap()).await.unwrap());
    client.send(&"GET /api/v1/openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(100)).await;
    let client = client.0.into_std().unwrap();
    eventually("cut", async || client.take_error().unwrap().is_some()).await;
}

/// The resident memory of a process, in KiB.
fn memory_of(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
}

/// The benchmark with more of both clients is `scripts/bench-slow`.
#[tokio::test]
async fn many_slow_and_idle_clients_use_little_memory_and_do_not_block_others() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["seed", "--count", "100"]);
    let mut server = Server::start_with_log(folder.path(), &["--anonymous", "read"], "warn");
    let answered = AtomicU32::new(0);
    for _ in 0..100 {
        server.get("/api/v1/users").await;
    }
    let before = memory_of(&server);
    let mut idle = Vec::new();
    let mut slow = tokio::task::JoinSet::new();
    for n in 0..200 {
        idle.push(Raw::connect(server.address()).await);
        let mut client = Raw::connect(server.address()).await;
        client
            .send(if n % 2 == 0 { "GET / HTTP/1.1\r\nx-slow: " } else { "POST /sign-in HTTP/1.1\r\ncontent-length: 9" })
            .await;
        slow.spawn(dribble(client));
    }
    let busy = stay_busy(server.address().to_owned(), "/api/v1/users", &answered);
    let asked = timeout(Duration::from_secs(5), busy).await;
    assert!(asked.is_err(), "{asked:?}");
    assert!(answered.into_inner() > 0);
    let grown = memory_of(&server).saturating_sub(before);
    assert!(grown < 32 * 1024, "400 clients cost {grown} KiB");
    drop((idle, slow));
    server.signal("TERM");
    assert_eq!(server.wait(), Some(0));
}
