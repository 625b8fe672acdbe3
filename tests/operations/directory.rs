//! A server with its own folder, by default with a SQLite file in it, and an API token.

use std::path::Path;

use axum::http::Request;
use serde_json::{Value, json};
use sqlx::{ConnectOptions, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use super::shim::Shim;
use crate::cli::{
    run,
    server::{Reply, Server},
};

pub struct Directory {
    pub folder: TempDir,
    pub token: String,
    database: String,
}

impl Directory {
    pub fn new() -> Self {
        Self::over("sqlite://rollcall.db")
    }

    pub fn over(database: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let create = ["token", "create", "--name", "Test", "--scope", "users:read", "--scope", "users:write"];
        let (code, token, err) = run(folder.path(), &[&create[..], &["--database-url", database]].concat());
        assert_eq!(code, 0, "{err}");
        Self { folder, token: token.trim().to_owned(), database: database.to_owned() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn start(&self, arguments: &[&str], shim: &Shim) -> Server {
        let environment = shim.environment();
        let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let arguments = [&["--database-url", &self.database], arguments].concat();
        Server::start_with(self.path(), &arguments, &environment)
    }

    pub async fn send(&self, server: &Server, method: &str, path: &str, body: Value) -> Reply {
        let request = Request::builder().method(method).header("authorization", format!("Bearer {}", self.token));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = request.header("content-type", if method == "PATCH" { MERGE_PATCH } else { "application/json" });
        server.send(path, request.header("if-match", "*"), body).await
    }

    /// Creates a person; returns the status and the id.
    pub async fn create(&self, server: &Server, name: &str) -> (u16, String) {
        let body = json!({"name": name, "email": format!("{name}@example.org")});
        let reply = self.send(server, "POST", "/api/v1/users", body).await;
        let id = serde_json::from_str::<Value>(&reply.text).unwrap()["id"].as_str().unwrap_or_default().to_owned();
        (reply.status, id)
    }
}

const MERGE_PATCH: &str = "application/merge-patch+json";

/// Connects to the database directly.
pub async fn connect(file: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(file).connect().await.unwrap()
}

pub async fn is_whole(file: &Path) -> bool {
    let mut connection = connect(file).await;
    let found: Vec<String> = sqlx::query_scalar("pragma integrity_check").fetch_all(&mut connection).await.unwrap();
    let search = "insert into users_search (users_search, rank) values ('integrity-check', 1)";
    found == ["ok"] && sqlx::query(search).execute(&mut connection).await.is_ok()
}

pub async fn count(file: &Path, what: &'static str) -> i64 {
    sqlx::query_scalar(what).fetch_one(&mut connect(file).await).await.unwrap()
}
