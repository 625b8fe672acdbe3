//! Backpressure: an event stream client that does not read.

use sqlx::{Connection, SqliteConnection};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use crate::{
    cli::{run, server::Server},
    support::stream::EventStream,
};

const PEOPLE: usize = 90;
/// Enough to exceed the kernel's socket buffers and the server's ring buffer together.
const ROUNDS: usize = 330;

/// Opens the stream and never reads it.
async fn stalled_client(url: &str) -> TcpStream {
    let address = url.strip_prefix("http://").unwrap().parse().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    stream.write_all(b"GET /events/users HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    stream
}

/// Changes every person, as another process would, and waits until the server notices.
async fn change_all_users(connection: &mut SqliteConnection, server: &Server, round: usize) {
    let mut transaction = connection.begin().await.unwrap();
    sqlx::query("update users set version = version + 1, name = ?")
        .bind(format!("{round} {}", "𝕏".repeat(190)))
        .execute(&mut *transaction)
        .await
        .unwrap();
    sqlx::query(
        "insert into events (at, actor_kind, action, user_id, changes)
        select unixepoch() * 1000000, 'operator', 'user.updated', id, '[]' from users",
    )
    .execute(&mut *transaction)
    .await
    .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(server.post("/api/v1/users", "", &[]).await.status, 401);
}

/// Reads until the reload message or the end; returns the number of bytes, and whether a reload was sent.
async fn read_to_the_reload(stream: &mut TcpStream) -> (usize, bool) {
    let (mut text, mut read) = (Vec::new(), vec![0; 1 << 16]);
    loop {
        let count = stream.read(&mut read).await.unwrap_or(0);
        text.extend_from_slice(&read[..count]);
        let is_told = text.windows(13).rev().take(1 << 17).any(|window| window == b"event: reload");
        if count == 0 || is_told {
            return (text.len(), is_told);
        }
    }
}

#[tokio::test]
async fn a_slow_reader_gets_a_reload_event_and_uses_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["seed", "--count", &PEOPLE.to_string()]);
    let server = Server::start(folder.path(), &["--anonymous", "read"]);
    let mut lazy = stalled_client(&server.url).await;
    let mut busy = EventStream::open(&server.url, &[]).await.greeted().await;
    let url = format!("sqlite://{}", folder.path().join("rollcall.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("pragma synchronous = off").execute(&mut connection).await.unwrap();
    let before = server.memory();
    for round in 0..ROUNDS {
        change_all_users(&mut connection, &server, round).await;
        for _ in 0..PEOPLE {
            assert!(busy.changed().await.1["name"].as_str().unwrap().starts_with(&format!("{round} ")));
        }
    }
    // Memory grows at most by a full ring buffer, which all streams share, not by everything that was sent.
    let grown = server.memory().saturating_sub(before);
    assert!(grown < 48 << 20, "{grown} bytes");
    let (read, is_told) = read_to_the_reload(&mut lazy).await;
    assert!(is_told, "after {read} bytes");
    assert!(read < ROUNDS * PEOPLE * 900, "{read} bytes");
}
