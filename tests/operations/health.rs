//! Health probes.

use axum::http::Request;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

use super::client::{Raw, eventually};
use crate::{
    cli::{run, server::Server},
    support::redis::OwnRedis,
};

async fn ready(server: &Server) -> (u16, Value) {
    let (status, text) = server.get("/health/ready").await;
    (status, serde_json::from_str(&text).unwrap())
}

#[tokio::test]
async fn a_healthy_server_passes_each_check_for_every_caller() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--rate-limit", "1"]);
    let expected = json!({
        "status": "pass",
        "checks": { "database": [{ "status": "pass" }], "migrations": [{ "status": "pass" }] },
    });
    for _ in 0..3 {
        let reply = server.send("/health/ready", Request::get("/"), String::new()).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "application/health+json"));
        assert_eq!(serde_json::from_str::<Value>(&reply.text).unwrap(), expected);
        assert_eq!((reply.header("cache-control"), reply.header("set-cookie")), ("no-store", ""));
    }
    let (_, log) = server.stop(folder.path());
    assert!(!log.contains("/health"), "probes fill no log: {log}");
}

#[tokio::test]
async fn an_older_schema_fails_readiness_and_a_newer_one_warns() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    let file = format!("sqlite://{}", folder.path().join("rollcall.db").display());
    let mut database = SqliteConnection::connect(&file).await.unwrap();
    let known: i64 =
        sqlx::query_scalar("select max(version) from _sqlx_migrations").fetch_one(&mut database).await.unwrap();
    sqlx::query("update _sqlx_migrations set version = 99999999999999 where version = ?")
        .bind(known)
        .execute(&mut database)
        .await
        .unwrap();
    eventually("warned", async || ready(&server).await.1["status"] == "warn").await;
    assert_eq!(ready(&server).await.0, 200);
    let (code, out, _) = run(folder.path(), &["healthcheck", "--url", &server.url]);
    assert_eq!(
        (code, out.contains("is ready, but migrations: the schema has version 99999999999999")),
        (0, true),
        "{out}"
    );

    sqlx::query("delete from _sqlx_migrations where version = 99999999999999").execute(&mut database).await.unwrap();
    eventually("red", async || ready(&server).await.0 == 503).await;
    let report = ready(&server).await.1;
    let cause = report["checks"]["migrations"][0]["output"].as_str().unwrap();
    assert!(cause.ends_with(&format!("this release of Rollcall expects version {known}")), "{report}");
    let (code, _, err) = run(folder.path(), &["healthcheck", "--url", &server.url]);
    assert_eq!(
        (code, err.lines().count(), err.contains("is not ready: migrations: the schema")),
        (1, 1, true),
        "{err}"
    );
}

#[tokio::test]
async fn an_unresponsive_database_fails_readiness_with_the_cause() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    let file = format!("sqlite://{}", folder.path().join("rollcall.db").display());
    let mut database = SqliteConnection::connect(&file).await.unwrap();
    sqlx::query("alter table _sqlx_migrations rename to elsewhere").execute(&mut database).await.unwrap();
    eventually("red", async || ready(&server).await.0 == 503).await;
    let report = ready(&server).await.1;
    assert_eq!(report["checks"]["database"][0]["status"], "fail", "{report}");
    assert!(report["checks"]["database"][0]["output"].as_str().unwrap().contains("no such table"), "{report}");
    assert_eq!(server.get("/health/live").await.0, 200, "it lives all the same");
    sqlx::query("alter table elsewhere rename to _sqlx_migrations").execute(&mut database).await.unwrap();
    eventually("green", async || ready(&server).await.0 == 200).await;
    let (_, log) = server.stop(folder.path());
    assert_eq!(log.lines().filter(|line| line.contains("the health of this server changed")).count(), 2, "{log}");
}

#[tokio::test]
async fn an_unresponsive_redis_is_only_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let mut redis = OwnRedis::start();
    let server = Server::start(folder.path(), &["--redis-url", &redis.url()]);
    eventually("well", async || ready(&server).await.1["checks"]["redis"][0]["status"] == "pass").await;
    redis.stop();
    eventually("warned", async || ready(&server).await.1["status"] == "warn").await;
    let (status, report) = ready(&server).await;
    assert_eq!((status, report["checks"]["redis"][0]["status"].as_str()), (200, Some("warn")), "{report}");
    redis.start_again();
    eventually("well again", async || ready(&server).await.1["status"] == "pass").await;
}

#[tokio::test]
async fn healthcheck_reports_the_failure_in_one_line_and_opens_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    let elsewhere = tempfile::tempdir().unwrap();
    let (code, out, err) = run(elsewhere.path(), &["healthcheck", "--listen", server.address()]);
    assert_eq!((code, out, err.as_str()), (0, format!("{} is ready\n", server.url), ""));
    assert!(!elsewhere.path().join("rollcall.db").exists());
    let (url, address) = (server.url.clone(), server.address().to_owned());
    let mut open = Raw::connect(&address).await;
    open.get("/health/live").await;
    server.stop(folder.path());
    let (code, out, err) = run(elsewhere.path(), &["healthcheck", "--url", &url]);
    assert_eq!((code, out.as_str(), err.lines().count()), (1, "", 1), "{err}");
    assert!(err.contains("is not ready: it cannot be reached"), "{err}");
    let (code, _, err) = run(elsewhere.path(), &["healthcheck", "--listen", "127.0.0.1:0"]);
    assert_eq!((code, err.contains("--url")), (1, true), "{err}");
}
