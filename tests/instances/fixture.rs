//! Fixture: two instances with one database, and helpers to change people through them.

use std::{collections::HashMap, sync::Arc};

use axum::http::Request;
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

use crate::{
    cli::{run, server::Server},
    support::{Fresh, postgres, redis::OwnRedis, stream::EventStream},
};

/// Two instances with one PostgreSQL.
pub struct Fixture {
    pub database: Fresh,
    pub token: String,
    pub one: Arc<Server>,
    pub other: Arc<Server>,
    pub folders: [TempDir; 2],
}

impl Fixture {
    pub async fn new(redis: Option<&OwnRedis>) -> Self {
        let (database, folders) = (postgres().await, [(); 2].map(|()| tempfile::tempdir().unwrap()));
        let create = ["token", "create", "--name", "Feed", "--scope", "users:read", "--scope", "users:write"];
        let created = run(folders[0].path(), &[&create[..], &["--database-url", &database.url]].concat());
        let token = format!("Bearer {}", created.1.trim());
        let redis = redis.map(OwnRedis::url);
        let mut arguments = vec!["--anonymous", "read", "--database-url", &database.url];
        arguments.extend(redis.iter().flat_map(|url| ["--redis-url", url]));
        let [one, other] = [0, 1].map(|n| Arc::new(Server::start(folders[n].path(), &arguments)));
        Self { database, token, one, other, folders }
    }

    pub async fn connection(&self) -> PgConnection {
        PgConnection::connect(&self.database.url).await.unwrap()
    }

    pub async fn versions(&self) -> HashMap<String, i64> {
        let rows = sqlx::query_as("select id::text, version from public.users");
        rows.fetch_all(&mut self.connection().await).await.unwrap().into_iter().collect()
    }
}

pub async fn write(server: &Server, token: &str, method: &str, path: &str, body: String) -> (u16, String) {
    let content_type = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
    let request = Request::builder().method(method).header("content-type", content_type).header("if-match", "*");
    let reply = server.send(path, request.header("authorization", token), body).await;
    (reply.status, reply.text)
}

/// Creates a person; returns their id.
pub async fn create(server: &Server, token: &str, name: &str) -> String {
    let body = format!(r#"{{"name":"{name}","email":"{name}@example.org"}}"#);
    let (status, text) = write(server, token, "POST", "/api/v1/users", body).await;
    assert_eq!(status, 201, "{text}");
    serde_json::from_str::<serde_json::Value>(&text).unwrap()["id"].as_str().unwrap().to_owned()
}

pub async fn watch(server: &Server) -> EventStream {
    EventStream::open(&server.url, &[]).await.greeted().await
}
