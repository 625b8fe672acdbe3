use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Stdio},
};

use http_body_util::BodyExt;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};

use super::{LAUREATES, rollcall, run};
use crate::support;

/// A server that ends with the test.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = rollcall(folder, &[&["--listen", "127.0.0.1:0"], arguments].concat());
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("Rollcall is at ").unwrap_or_else(|| panic!("{line:?}")).to_owned();
        Self { process, url }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let client = Client::builder(TokioExecutor::new()).build_http::<String>();
        let response = client.get(format!("{}{path}", self.url).parse().unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        (status, String::from_utf8(body).unwrap())
    }

    /// Ends it as a service manager does; its exit code and what it logged.
    fn stop(mut self) -> (Option<i32>, String) {
        let id = self.process.id().to_string();
        std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap();
        let mut log = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.process.wait().unwrap().code(), log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn serves_the_laureates(server: &Server) {
    let (status, list) = server.get("/api/v1/users?per_page=100").await;
    let list: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
    assert_eq!((status, list.len()), (200, 100));
    let (status, html) = server.get("/?q=rontgen").await;
    assert_eq!((status, html.contains("Wilhelm Conrad Röntgen")), (200, true));
}

#[tokio::test]
async fn sqlite_is_served_until_the_server_is_told_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["import", LAUREATES]);
    let server = Server::start(folder.path(), &["--anonymous", "read", "--log-format", "json"]);
    serves_the_laureates(&server).await;
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["span"]["path"] == "/api/v1/users"), "{log}");
    assert!(!log.contains("rontgen"), "what people search for is not logged");
}

#[tokio::test]
async fn postgresql_is_served_the_same() {
    let database = support::postgres().await;
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["import", LAUREATES, "--database-url", &database.url]);
    let server = Server::start(folder.path(), &["serve", "--anonymous", "read", "--database-url", &database.url]);
    serves_the_laureates(&server).await;
}

#[tokio::test]
async fn nobody_reads_anything_unless_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    assert_eq!(server.get("/api/v1/users").await.0, 401);
    assert_eq!(server.get("/").await.0, 401);
}
