//! `/api/v1` through the real router.

mod batch;
mod changes;
mod conditional;
mod export;
mod idempotency;
mod imports;
mod in_flight;
mod list;
mod options;
mod rate_limit;
mod stack;
mod users;

use axum::{body::Body, http::Request};

use crate::support::{Answer, App};

const JSON: (&str, &str) = ("content-type", "application/json");
const MERGE_PATCH: (&str, &str) = ("content-type", "application/merge-patch+json");
const ANY_VERSION: (&str, &str) = ("if-match", "*");

async fn send(app: &App, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

/// The address of the `n`th user.
fn path(n: u32) -> String {
    format!("/api/v1/users/{}", crate::support::id(n))
}

/// The audit trail of the `n`th user, newest first.
async fn history(app: &App, n: u32) -> Vec<String> {
    let events = app.get(&format!("{}/history", path(n))).await.json();
    events.as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap().to_owned()).collect()
}
