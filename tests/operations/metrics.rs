use std::{collections::BTreeSet, net::TcpStream, process::Command, time::Duration};

use axum::http::Request;

use super::{client::Raw, file, tool, words};
use crate::{
    cli::{
        run_with_input,
        server::{Server, send},
    },
    support::{PASSWORD, stream::EventStream},
};

/// A server with a metrics listener.
pub struct Observed {
    pub server: Server,
    metrics: String,
}

impl Observed {
    pub fn start(folder: &std::path::Path, arguments: &[&str]) -> Self {
        if !folder.join("rollcall.db").exists() {
            let create = ["admin", "create", "--name", "Ada", "--email", "ada@example.org", "--password-stdin"];
            run_with_input(folder, &create, PASSWORD);
        }
        // Nothing listens on port 1; Rollcall must work without Redis.
        let all = ["--metrics-listen", "127.0.0.1:0", "--anonymous", "read", "--redis-url", "redis://127.0.0.1:1"];
        let arguments = [&all, arguments].concat();
        let mut server = Server::start(folder, &arguments);
        let line = server.line();
        let metrics = line.strip_prefix("Metrics are at ").unwrap_or_else(|| panic!("{line:?}")).to_owned();
        Self { server, metrics }
    }

    pub async fn scrape(&self) -> String {
        let reply = send(&self.metrics, Request::get("/"), String::new()).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "text/plain; version=0.0.4; charset=utf-8"));
        reply.text
    }

    /// Waits until the value of a series changes; returns it as it is written.
    pub async fn value_after(&self, series: &str, before: &str) -> String {
        for _ in 0..200 {
            let text = self.scrape().await;
            let value = text.lines().find_map(|line| line.strip_prefix(series)).map(str::trim);
            match value {
                Some(value) if value != before => return value.to_owned(),
                _ => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
        panic!("{series} stays {before}:\n{}", self.scrape().await);
    }
}

#[tokio::test]
async fn metrics_are_valid_and_served_only_at_their_own_address() {
    let folder = tempfile::tempdir().unwrap();
    let observed = Observed::start(folder.path(), &[]);
    assert_eq!(observed.server.get("/metrics").await.0, 404);
    observed.server.get("/api/v1/users").await;
    let methods = send(&observed.metrics, Request::options("/"), String::new()).await;
    assert_eq!((methods.status, methods.header("allow")), (204, "GET,HEAD"));
    let text = observed.scrape().await;
    tool(Command::new("promtool").args(["check", "metrics"]), &text);
    for line in [
        "http_requests_total{method=\"GET\",route=\"/api/v1/users\",status=\"200\"} 1",
        "http_requests_total{method=\"GET\",route=\"{unknown}\",status=\"404\"} 1",
        "http_request_duration_seconds_count{method=\"GET\",route=\"/api/v1/users\"} 1",
        "http_requests_in_flight 0",
        "rollcall_database_up 1",
        "rollcall_database_pool_max_connections{pool=\"writer\"} 1",
        concat!("rollcall_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    let buckets = text.lines().filter(|line| line.starts_with("http_request_duration_seconds_bucket"));
    assert!(buckets.filter(|line| line.contains("le=\"0.005\"") || line.contains("le=\"0.0075\"")).count() >= 2);
}

#[tokio::test]
async fn no_request_creates_more_series_than_routes() {
    let folder = tempfile::tempdir().unwrap();
    let observed = Observed::start(folder.path(), &[]);
    let ask = async |n: u32| {
        for path in ["", "users/", "api/v1/users/", "api/", "rpc/", "users/new/", "health/"] {
            let request = Request::builder().method(format!("M{n}").as_str());
            observed.server.send(&format!("/{path}mallory{n}"), request, String::new()).await;
            observed.server.get(&format!("/{path}mallory{n}?q=mallory{n}")).await;
        }
    };
    ask(0).await;
    let series = |text: String| -> BTreeSet<String> {
        text.lines()
            .filter(|line| line.starts_with("http"))
            .map(|line| line.rsplit_once(' ').unwrap().0.into())
            .collect()
    };
    let before = series(observed.scrape().await);
    for n in 1..20 {
        ask(n).await;
    }
    let after = series(observed.scrape().await);
    assert_eq!(after, before);
    assert!(!after.iter().any(|series| series.contains("mallory") || series.contains("M1")), "{after:#?}");
}

#[tokio::test]
async fn requests_and_sessions_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let observed = Observed::start(folder.path(), &["--rate-limit", "3"]);
    let sign_in = async |password| {
        observed.server.post("/sign-in", "", &[("email", "ada@example.org"), ("password", password)]).await
    };
    assert_eq!(sign_in("mauve otter tax lanterns").await.status, 422);
    assert_eq!(sign_in(PASSWORD).await.status, 303);
    assert_eq!(sign_in(PASSWORD).await.status, 303);
    assert_eq!(sign_in(PASSWORD).await.status, 429);
    let text = observed.scrape().await;
    for line in [
        "rollcall_password_checks_total{outcome=\"wrong\"} 1",
        "rollcall_password_checks_total{outcome=\"right\"} 2",
        "rollcall_password_checks_total{outcome=\"throttled\"} 0",
        "rollcall_rate_limited_total 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    let connection = TcpStream::connect(observed.server.url.strip_prefix("http://").unwrap()).unwrap();
    observed.value_after("http_connections{listener=\"main\"}", "0").await;
    drop(connection);
    let stream = EventStream::open(&observed.server.url, &[]).await.greeted().await;
    assert_eq!(observed.value_after("rollcall_event_streams", "0").await, "1");
    drop(stream);
    assert_eq!(observed.value_after("rollcall_event_streams", "1").await, "0");
    assert_eq!(observed.value_after("rollcall_redis_up", "1").await, "0");
    drop(observed);
    let again = Observed::start(folder.path(), &[]);
    assert_eq!(again.value_after("rollcall_sessions", "0").await, "2");
    assert_eq!(again.value_after("rollcall_maintenance_runs_total{outcome=\"success\"}", "0").await, "1");
}

#[tokio::test]
async fn shed_and_rate_limited_requests_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let observed = Observed::start(folder.path(), &["--max-connections", "1"]);
    let mut connected = Raw::connect(observed.server.address()).await;
    assert_eq!(connected.get("/api/v1/users").await.0, 200);
    assert_eq!(Raw::connect(observed.server.address()).await.get("/api/v1/users").await.0, 503);
    assert_eq!(observed.value_after("rollcall_shed_requests_total", "0").await, "1");
}

#[tokio::test]
async fn every_metric_of_an_alert_is_exported() {
    let folder = tempfile::tempdir().unwrap();
    let observed = Observed::start(folder.path(), &[]);
    observed.server.get("/").await;
    let text = observed.scrape().await;
    let exported = words(&text, &["http_", "rollcall_", "process_"]);
    let rules = file("deploy/prometheus/alerts.yaml");
    let asked = words(&rules, &["http_", "rollcall_", "process_"]);
    assert!(asked.len() > 10, "{asked:?}");
    let missing: Vec<_> = asked.difference(&exported).collect();
    assert!(missing.is_empty(), "{missing:?}\n{text}");
}
