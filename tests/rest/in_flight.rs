//! `Idempotency-Key` while its request is in flight, and after that fails.

use chrono::TimeDelta;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    http::StatusCode,
    middleware::from_fn_with_state,
    routing::{MethodRouter, post},
};
use futures::{FutureExt, channel::oneshot};
use rollcall::{
    domain::AppError,
    server::{
        http::{middleware::idempotency, router},
        services::identity::Identity,
    },
};
use serde_json::json;

use super::idempotency::{assert_same, is_replayed, send};
use crate::support::{Answer, App};

const THINGS: &str = "/api/things";

/// A test handler behind the real middleware stack.
async fn app_with(things: MethodRouter) -> App {
    let app = App::new(Identity::Operator).await;
    let routes = Router::new()
        .route(THINGS, things)
        .layer(from_fn_with_state(app.state.idempotency.clone(), idempotency::run_once));
    let stacked = router::with_stack(routes, &app.state, Vec::new());
    app.around(stacked)
}

#[tokio::test]
async fn a_failed_request_can_be_retried_with_its_key() {
    let tries = Arc::new(AtomicUsize::new(0));
    let app = app_with(post(move || {
        let n = tries.fetch_add(1, Ordering::Relaxed);
        async move {
            match n {
                0 => Err(AppError::internal("the secret is swordfish")),
                1 => panic!("the secret is swordfish"),
                2 => Err(AppError::TooManyRequests(7)),
                3 => Err(AppError::forbidden()),
                _ => Ok((StatusCode::CREATED, n.to_string())),
            }
        }
    }))
    .await;
    for status in [500, 500, 429, 403] {
        let answer = send(&app, THINGS, "one", "{}").await;
        assert_eq!((answer.status.as_u16(), is_replayed(&answer)), (status, false), "{}", answer.text());
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert!(!answer.text().contains("swordfish"));
        assert_eq!(answer.header("retry-after"), if status == 429 { "7" } else { "" });
    }
    let created = send(&app, THINGS, "one", "{}").await;
    assert_eq!((created.status.as_u16(), created.text().as_str()), (201, "4"));
    assert_same(&send(&app, THINGS, "one", "{}").await, &created);
}

/// A resource whose first response waits for a gate, and the number of requests it received.
async fn gated() -> (App, oneshot::Sender<()>, Arc<AtomicUsize>) {
    let (open, gate) = oneshot::channel::<()>();
    let (gate, tries) = (gate.shared(), Arc::new(AtomicUsize::new(0)));
    let count = tries.clone();
    let app = app_with(post(move || {
        let (gate, n) = (gate.clone(), count.fetch_add(1, Ordering::Relaxed));
        async move {
            if n == 0 {
                gate.await.unwrap();
            }
            (StatusCode::CREATED, n.to_string())
        }
    }));
    (app.await, open, tries)
}

/// Polls a request until its handler has been called, and no further.
async fn send_half(first: &mut (impl Future<Output = Answer> + Unpin), tries: &AtomicUsize) {
    while tries.load(Ordering::Relaxed) == 0 {
        assert!(futures::poll!(&mut *first).is_pending());
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn repeated_requests_conflict_while_the_first_is_in_flight() {
    let (app, open, tries) = gated().await;
    let mut first = Box::pin(send(&app, THINGS, "one", "{}"));
    send_half(&mut first, &tries).await;
    let second = send(&app, THINGS, "one", "{}").await;
    assert_eq!((second.status.as_u16(), second.header("retry-after")), (409, "1"));
    let error = json!({
        "field": "Idempotency-Key",
        "code": "in_flight",
        "message": "belongs to a request that is still in flight",
    });
    assert_eq!(second.json()["errors"], json!([error]));
    assert_eq!(send(&app, THINGS, "one", "[]").await.status, 422);
    open.send(()).unwrap();
    let first = first.await;
    assert_eq!(first.text(), "0");
    assert_same(&send(&app, THINGS, "one", "{}").await, &first);
}

#[tokio::test]
async fn a_client_that_disconnects_gets_the_result_on_retry() {
    let (app, open, tries) = gated().await;
    let mut first = Box::pin(send(&app, THINGS, "one", "{}"));
    send_half(&mut first, &tries).await;
    drop(first);
    open.send(()).unwrap();
    let again = loop {
        let again = send(&app, THINGS, "one", "{}").await;
        if again.status != 409 {
            break again;
        }
    };
    assert_eq!((again.status.as_u16(), again.text().as_str(), is_replayed(&again)), (201, "0", true));
    assert_eq!(tries.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_key_left_in_flight_by_a_crash_is_taken_over_after_a_minute() {
    let (app, open, tries) = gated().await;
    let mut first = Box::pin(send(&app, THINGS, "one", "{}"));
    send_half(&mut first, &tries).await;
    app.clock.advance(TimeDelta::seconds(59));
    assert_eq!(send(&app, THINGS, "one", "{}").await.status, 409);
    app.clock.advance(TimeDelta::seconds(1));
    let second = send(&app, THINGS, "one", "{}").await;
    assert_eq!((second.status.as_u16(), second.text().as_str()), (201, "1"));
    open.send(()).unwrap();
    assert_eq!(first.await.text(), "0", "it was no crash after all");
    assert_same(&send(&app, THINGS, "one", "{}").await, &second);
}
