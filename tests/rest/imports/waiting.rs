use std::time::Duration;

use rollcall::server::services::identity::Identity;
use serde_json::json;

use super::{announce, apply, file, people, settled, upload};
use crate::support::App;

const EVE: &str = r#"{"name":"Eve","email":"eve@example.org"}"#;

#[tokio::test]
async fn writers_wait_for_an_import_and_the_longest_wait_is_reported() {
    let app = App::new(Identity::Operator).await;
    let (path, import) = upload(&app, file(20_000).as_bytes()).await;
    assert_eq!((&import["state"], &import["longest_wait_ms"]), (&json!("checked"), &json!(null)), "{import}");
    assert_eq!(apply(&app, &path, &json!({"mode": "insert"})).await.status, 202);
    while app.get(&path).await.json()["progress"]["done"] == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let written = app.post("/api/v1/users", "application/json", EVE).await;
    assert_eq!(written.status, 201, "{}", written.text());
    let import = settled(&app, &path).await;
    assert_eq!((&import["state"], import["longest_wait_ms"].is_u64()), (&json!("applied"), true), "{import}");
    assert_eq!(people(&app).await, 20_001);
}

#[tokio::test]
async fn a_writer_that_waits_too_long_gets_503() {
    let app = App::new(Identity::Operator).await;
    announce(&app, 10, &json!({})).await;
    let transaction = app.database.store.begin_import_transaction(1).await.unwrap();
    let refused = app.post("/api/v1/users", "application/json", EVE).await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (503, "1"));
    assert!(transaction.longest_wait().is_some_and(|ms| Duration::from_millis(ms) >= Duration::from_secs(4)));
    drop(transaction);
    assert_eq!(app.post("/api/v1/users", "application/json", EVE).await.status, 201);
}
