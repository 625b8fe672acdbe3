//! Cached responses are logged and measured like any other response.

use std::{
    collections::{BTreeSet, HashSet},
    time::Duration,
};

use axum::http::Request;
use serde_json::{Value, json};

use super::{PATIENCE, USERS};
use crate::cli::{
    run,
    server::{Reply, Server, send},
};

#[tokio::test]
async fn a_cached_response_has_a_request_id_a_log_line_and_metrics() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["seed", "--count", "5"]);
    let arguments = ["--anonymous", "read", "--log-format", "json", "--metrics-listen", "127.0.0.1:0"];
    let mut server = Server::start(folder.path(), &arguments);
    let metrics = server.line().strip_prefix("Metrics are at ").unwrap().to_owned();
    let figure = async |name: &str| {
        let text = send(&metrics, Request::get("/"), String::new()).await.text;
        let line = text.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        line.map_or(0, |figure| figure.trim().parse::<usize>().unwrap())
    };
    let first = server.send(USERS, Request::get("/"), String::new()).await;
    let mut ids = HashSet::from([first.header("x-request-id").to_owned()]);
    while figure("rollcall_cache_requests_total{outcome=\"hit\"}").await < 3 {
        let again = server.send(USERS, Request::get("/"), String::new()).await;
        assert!(ids.insert(again.header("x-request-id").to_owned()), "an id is that of one request");
        assert_eq!((again.status, &again.text), (200, &first.text));
        let names = |reply: &Reply| reply.headers.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
        assert_eq!(names(&again), names(&first));
        assert!(ids.len() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mine = server.send(USERS, Request::get("/").header("x-request-id", "mine"), String::new()).await;
    assert_eq!(mine.header("x-request-id"), "mine");
    let counted = "http_requests_total{method=\"GET\",route=\"/api/v1/users\",status=\"200\"}";
    assert_eq!(figure(counted).await, ids.len() + 1);

    let (_, log) = server.stop(folder.path());
    let log: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let lines: Vec<_> = log.iter().filter(|line| line["target"] == "access").collect();
    assert_eq!(lines.len(), ids.len() + 1);
    for line in lines {
        let span = &line["spans"][0];
        assert_eq!((&span["route"], &span["actor"]), (&json!(USERS), &json!("anonymous")), "{line}");
        assert_eq!((&line["status"], &line["bytes"]), (&json!(200), &json!(first.text.len())), "{line}");
    }
}
