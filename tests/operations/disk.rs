use serde_json::{Value, json};

use super::{
    directory::{Directory, connect, count, is_whole},
    shim::Shim,
};
use crate::{
    cli::{LAUREATES, run, run_with_input, server::Server},
    support::PASSWORD,
};

const ADMIN: [&str; 7] = ["admin", "create", "--name", "Ada", "--email", "ada@example.org", "--password-stdin"];

/// A server with people in it, and an admin's session cookie.
async fn with_people(shim: &Shim) -> (Directory, Server, String) {
    let directory = Directory::new();
    run(directory.path(), &["import", LAUREATES]);
    run_with_input(directory.path(), &ADMIN, PASSWORD);
    let server = directory.start(&[], shim);
    let signed_in = server.post("/sign-in", "", &[("email", "ada@example.org"), ("password", PASSWORD)]).await;
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
    // Far in the past, so that the next request would update the last use of the session and the token.
    let mut connection = connect(&directory.path().join("rollcall.db")).await;
    sqlx::query("update sessions set seen_at = seen_at - 3600000000").execute(&mut connection).await.unwrap();
    sqlx::query("update tokens set last_used_at = null").execute(&mut connection).await.unwrap();
    (directory, server, cookie)
}

async fn reads(directory: &Directory, server: &Server, cookie: &str) {
    for path in ["/", "/?q=curie", "/audit", "/account"] {
        let request = axum::http::Request::get("/").header("cookie", cookie);
        assert_eq!(server.send(path, request, String::new()).await.status, 200, "{path}");
    }
    let found = directory.send(server, "GET", "/api/v1/users?q=curie", Value::Null).await;
    assert_eq!((found.status, found.text.contains("Marie Curie")), (200, true), "{}", found.text);
}

/// Every change is refused while the disk fails, without internal details in the response.
async fn no_write(directory: &Directory, server: &Server, cookie: &str) {
    let list = directory.send(server, "GET", "/api/v1/users?q=curie&per_page=1", Value::Null).await;
    let id = serde_json::from_str::<Value>(&list.text).unwrap()[0]["id"].as_str().unwrap().to_owned();
    let user = format!("/api/v1/users/{id}");
    for (method, path, body) in [
        ("POST", "/api/v1/users", json!({"name": "Nobody", "email": "nobody@example.org"})),
        ("PATCH", user.as_str(), json!({"name": "Somebody else"})),
        ("DELETE", user.as_str(), Value::Null),
    ] {
        let reply = directory.send(server, method, path, body).await;
        assert_eq!((reply.status, reply.header("retry-after")), (503, "1"), "{method} {}", reply.text);
    }
    let fields = [("action", "create"), ("name", "Payroll"), ("scope", "users:read"), ("expires", "30")];
    assert_eq!(server.post("/tokens", cookie, &fields).await.status, 503);
    assert_eq!(server.post("/sign-in", "", &[("email", "ada@example.org"), ("password", PASSWORD)]).await.status, 503);
}

async fn refuses_writes_serves_reads_and_heals(error: &str, cause: &str) {
    let shim = Shim::of("rollcall.db");
    let (directory, server, cookie) = with_people(&shim).await;
    let file = directory.path().join("rollcall.db");
    let people = count(&file, "select count(*) from users").await;
    shim.refuse(error, 0);
    for _ in 0..3 {
        reads(&directory, &server, &cookie).await;
        no_write(&directory, &server, &cookie).await;
    }
    shim.allow();
    assert_eq!(directory.create(&server, "after").await.0, 201);
    reads(&directory, &server, &cookie).await;
    let (code, log) = server.stop(directory.path());
    assert_eq!((code, log.contains(cause)), (Some(0), true), "{log}");
    assert!(is_whole(&file).await);
    assert_eq!(count(&file, "select count(*) from users").await, people + 1);
}

#[tokio::test]
async fn a_full_disk_refuses_writes_serves_reads_and_heals() {
    refuses_writes_serves_reads_and_heals("ENOSPC", "database or disk is full").await;
}

#[tokio::test]
async fn a_disk_that_turns_read_only_refuses_writes_serves_reads_and_heals() {
    refuses_writes_serves_reads_and_heals("EROFS", "disk I/O error").await;
}

/// A change is atomic, whichever of its writes fails.
#[tokio::test]
async fn a_failed_write_at_any_point_leaves_nothing_half_done() {
    let (shim, directory) = (Shim::of("rollcall.db"), Directory::new());
    let mut server = directory.start(&[], &shim);
    // Waits until the writes at startup are done.
    server.setup_path();
    let mut created = 0;
    for (error, after) in ["ENOSPC", "EIO"].into_iter().flat_map(|error| (0..30).map(move |after| (error, after))) {
        shim.refuse(error, after);
        let (status, _) = directory.create(&server, &format!("{error}-{after}")).await;
        shim.allow();
        assert!(matches!(status, 201 | 503), "{status} after {after} writes");
        created += i64::from(status == 201);
        assert_eq!(directory.create(&server, &format!("{error}-{after}-again")).await.0, 201, "after {after} writes");
        created += 1;
    }
    let (code, log) = server.stop(directory.path());
    assert_eq!(code, Some(0), "{log}");
    let file = directory.path().join("rollcall.db");
    assert!(is_whole(&file).await);
    assert_eq!(count(&file, "select count(*) from users").await, created);
    assert_eq!(count(&file, "select count(*) from events where action = 'user.created'").await, created);
}

/// Read-only files are detected at startup, not by the first change.
#[tokio::test]
async fn a_read_only_database_fails_the_start_with_one_line() {
    let directory = Directory::new();
    for files in ["rollcall.db", "rollcall.db$"] {
        let shim = Shim::of(files);
        shim.refuse("EROFS", 0);
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rollcall"));
        let output = command.current_dir(directory.path()).arg("migrate").env_clear().envs(shim.environment()).output();
        let output = output.unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), err.lines().count()), (Some(1), 1), "{err}");
        assert!(err.starts_with("rollcall: cannot ") && err.contains("sqlite://rollcall.db"), "{err}");
    }
}
