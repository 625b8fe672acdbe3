use std::{
    collections::HashSet,
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    process::{Command, Stdio},
    time::Duration,
};

use axum::http::Request;
use serde_json::Value;

use crate::{
    cli::{run, run_with_input, server::Server},
    support::PASSWORD,
};

/// The entries of the access log.
fn lines(log: &str) -> Vec<Value> {
    let lines = log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")));
    lines.filter(|line: &Value| line["target"] == "access").collect()
}

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

#[tokio::test]
async fn each_request_is_one_log_line_without_personal_data() {
    let folder = tempfile::tempdir().unwrap();
    let create = ["admin", "create", "--name", "Ada", "--email", "ada@example.org", "--password-stdin"];
    run_with_input(folder.path(), &create, PASSWORD);
    let (_, token, _) = run(folder.path(), &["token", "create", "--name", "Payroll", "--scope", "users:read"]);
    let server = Server::start(folder.path(), &["--anonymous", "read", "--log-format", "json"]);
    let ask = async |path: &str, request| server.send(path, request, String::new()).await;
    ask("/?q=lovelace", Request::get("/")).await;
    let signed_in = server.post("/sign-in", "", &[("email", "ada@example.org"), ("password", PASSWORD)]).await;
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
    let page = ask(&format!("/users/{ID}"), Request::get("/").header("cookie", &cookie)).await;
    ask(
        "/api/v1/users?email=ada@example.org",
        Request::get("/").header("authorization", format!("Bearer {}", token.trim())),
    )
    .await;
    ask("/ada@example.org", Request::get("/")).await;
    ask("/rpc/list_users?query=q%3Dlovelace", Request::get("/").header("x-request-id", "mine")).await;
    let (_, log) = server.stop(folder.path());

    let entries = lines(&log);
    let brief: Vec<_> = entries
        .iter()
        .map(|line| {
            let (span, text) = (&line["spans"][0], |value: &Value| value.as_str().unwrap_or_default().to_owned());
            (text(&span["method"]), text(&span["route"]), line["status"].as_u64().unwrap(), text(&span["actor"]))
        })
        .collect();
    let line = |method: &str, route: &str, status, actor: &str| (method.into(), route.into(), status, actor.into());
    assert_eq!(
        brief,
        [
            line("GET", "/", 200, "anonymous"),
            line("POST", "/sign-in", 303, "anonymous"),
            line("GET", "/users/{id}", 404, "user"),
            line("GET", "/api/v1/users", 200, "token"),
            line("GET", "{unknown}", 404, "anonymous"),
            line("GET", "/rpc/list_users", 200, "anonymous"),
        ]
    );
    assert!(entries.iter().all(|line| line["duration_ms"].as_f64().unwrap() > 0.0 && line["message"] == "answered"));
    assert_eq!(entries[2]["bytes"], page.text.len());
    assert_eq!(
        (&entries[2]["spans"][0]["id"], &entries[5]["spans"][0]["id"]),
        (&page.header("x-request-id").into(), &"mine".into())
    );
    let ids: HashSet<_> = entries.iter().map(|line| line["spans"][0]["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), entries.len());
    for secret in ["lovelace", "ada@", ID, "example.org", "127.0.0.1", token.trim(), &cookie] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

#[tokio::test]
async fn a_client_that_disconnects_early_is_logged_as_499() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--log-format", "json"]);
    // A sign-in attempt is recorded before the password is checked, and has to wait for the write lock.
    let script = "import sqlite3, sys, time; writer = sqlite3.connect('rollcall.db', isolation_level=None); \
        writer.execute('begin immediate'); print(flush=True); sys.stdin.read()";
    let mut python = Command::new("python3");
    let python = python.args(["-c", script]).current_dir(folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut writer = python.spawn().unwrap();
    BufReader::new(writer.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
    let form = "email=ada%40example.org&password=mauve+otter+tax+lantern";
    let mut stream = TcpStream::connect(server.url.strip_prefix("http://").unwrap()).unwrap();
    let head = "POST /sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded";
    write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{form}", form.len()).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(stream);
    let log = folder.path().join("log");
    for _ in 0..100 {
        if std::fs::read_to_string(&log).unwrap().contains("\"access\"") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(writer.stdin.take());
    writer.wait().unwrap();
    let (_, log) = server.stop(folder.path());
    let entries = lines(&log);
    assert_eq!(entries.len(), 1, "{log}");
    assert_eq!(
        (&entries[0]["status"], &entries[0]["message"]),
        (&499.into(), &"the client disconnected before the response".into())
    );
}

#[tokio::test]
async fn a_failure_is_logged_once_with_its_request_id() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--anonymous", "read", "--log-format", "json"]);
    assert_eq!(server.get("/api/v1/users").await.0, 200);
    let script = "import sqlite3; sqlite3.connect('rollcall.db').execute('alter table users rename to gone')";
    let broken = Command::new("python3").args(["-c", script]).current_dir(folder.path()).status().unwrap();
    assert!(broken.success());
    // A page can fetch its data in another task, depending on scheduling, so it is requested several times.
    let pages = (0..10).map(|n| ("/", format!("page{n}")));
    let others = [("/api/v1/users", "api".to_owned()), ("/rpc/list_users?query=", "rpc".to_owned())];
    let asked: Vec<_> = others.into_iter().chain(pages).collect();
    for (path, id) in &asked {
        let reply = server.send(path, Request::get("/").header("x-request-id", id), String::new()).await;
        assert_eq!(reply.status, 500, "{path}");
    }
    let (_, log) = server.stop(folder.path());
    let entries: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (_, id) in &asked {
        let of_it = entries.iter().filter(|line| line["spans"][0]["id"] == *id);
        let levels: Vec<_> =
            of_it.map(|line| (line["level"].as_str().unwrap(), line["message"].as_str().unwrap())).collect();
        assert_eq!(levels, [("ERROR", "a request failed"), ("INFO", "answered")], "{id}: {log}");
    }
}
