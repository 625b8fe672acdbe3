//! Imports over HTTP.

mod columns;
mod hostile;
mod outcome;
mod parts;
mod roles;
mod waiting;

use std::time::Duration;

use axum::{body::Body, http::Request};
use rollcall::server::services::identity::Identity;
use serde_json::{Value, json};

use super::{JSON, MERGE_PATCH, send};
use crate::support::{Answer, App, Fresh, postgres, settings, sqlite};

const IMPORTS: &str = "/api/v1/imports";

/// The smallest part size allowed.
const PART: usize = 64 * 1024;

/// An app with each database.
async fn apps() -> [App; 2] {
    let over = |database: Fresh| App::over(database, settings(Identity::Operator, "http://localhost:3000"));
    [over(sqlite().await), over(postgres().await)]
}

/// Announces a file; returns the address of its import.
async fn announce(app: &App, size: usize, columns: &Value) -> String {
    let new = json!({"file": "people.csv", "size": size, "part_size": PART, "columns": columns});
    let answer = app.post(IMPORTS, JSON.1, new.to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let import = answer.json();
    assert_eq!(answer.header("location"), format!("{IMPORTS}/{}", import["id"].as_str().unwrap()));
    assert_eq!((&import["state"], &import["parts"]), (&json!("receiving"), &json!(size.div_ceil(PART))));
    answer.header("location").to_owned()
}

async fn put(app: &App, path: &str, part: usize, bytes: &[u8]) -> Answer {
    let put = Request::put(format!("{path}/parts/{part}"));
    app.send(put.body(Body::from(bytes.to_vec())).unwrap()).await
}

/// Uploads a whole file; returns the address of its import, and the outcome of the check.
async fn upload(app: &App, file: &[u8]) -> (String, Value) {
    let path = announce(app, file.len(), &json!({})).await;
    for (part, bytes) in file.chunks(PART).enumerate() {
        let answer = put(app, &path, part + 1, bytes).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let import = settled(app, &path).await;
    (path, import)
}

/// Polls until the import is idle.
async fn settled(app: &App, path: &str) -> Value {
    for _ in 0..1_000 {
        let import = app.get(path).await.json();
        let is_busy = ["checking", "applying", "undoing"].contains(&import["state"].as_str().unwrap());
        assert_eq!(import["progress"].is_object(), is_busy, "{import}");
        if !is_busy {
            return import;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{path} goes on for ever");
}

async fn apply(app: &App, path: &str, how: &Value) -> Answer {
    app.post(&format!("{path}/apply"), JSON.1, how.to_string()).await
}

/// Applies an import that accepts it, and waits until it is done.
async fn applied(app: &App, path: &str, how: &Value) -> Value {
    let answer = apply(app, path, how).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["state"]), (202, &json!("applying")), "{}", answer.text());
    settled(app, path).await
}

async fn undone(app: &App, path: &str) -> Value {
    let answer = app.post(&format!("{path}/undo"), "text/plain", "").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["state"]), (202, &json!("undoing")), "{}", answer.text());
    settled(app, path).await
}

async fn choose(app: &App, path: &str, columns: &Value) -> Answer {
    send(app, "PATCH", path, &[MERGE_PATCH], &json!({ "columns": columns }).to_string()).await
}

async fn cancel(app: &App, path: &str) -> Answer {
    send(app, "DELETE", path, &[], "").await
}

/// The numbers of the lines with an outcome.
async fn lines(app: &App, path: &str, outcome: &str) -> Vec<u64> {
    let rows = app.get(&format!("{path}/rows?outcome={outcome}")).await.json();
    rows.as_array().unwrap().iter().map(|row| row["line"].as_u64().unwrap()).collect()
}

/// The number of people, deleted or not.
async fn people(app: &App) -> u64 {
    app.get("/api/v1/users?status=all&count=exact").await.header("x-total-count").parse().unwrap()
}

/// Counts in which those not given are 0.
fn counts(some: &[(&str, u64)]) -> Value {
    let mut counts = json!({"new": 0, "changed": 0, "unchanged": 0, "invalid": 0, "duplicate": 0, "taken": 0});
    for (outcome, rows) in some {
        counts[outcome] = json!(rows);
    }
    counts
}

/// A file with this many people.
fn file(people: u32) -> String {
    let row = |n| format!("Person {n:06},p{n}@example.org,of no further interest\n");
    format!("name,email,remark\n{}", (1..=people).map(row).collect::<String>())
}
