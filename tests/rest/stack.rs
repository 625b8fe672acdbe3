//! The tower stack.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use rollcall::{
    domain::AppError,
    server::{http::router, services::identity::Identity},
};

use crate::support::{Answer, App};

fn request(method: Method, path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn every_response_has_a_request_id_taken_from_the_client_if_valid() {
    let app = App::new(Identity::AnonymousReader).await;
    let given = app.send(request(Method::GET, "/api/v1/users", &[("x-request-id", "abc-123")])).await;
    assert_eq!(given.header("x-request-id"), "abc-123");
    let long = "x".repeat(129);
    for unfit in ["", "a b", "<script>", &long] {
        let made = app.send(request(Method::GET, "/nothing", &[("x-request-id", unfit)])).await;
        assert_eq!(made.header("x-request-id").len(), 36, "{unfit:?}");
    }
}

#[tokio::test]
async fn other_origins_are_allowed_by_domain_label_by_label() {
    let app = App::new(Identity::AnonymousReader).await;
    for (origin, allowed) in [
        ("https://mycompany.com", true),
        ("https://app.mycompany.com", true),
        ("https://evilmycompany.com", false),
        ("https://mycompany.com.evil.org", false),
        ("null", false),
    ] {
        let answer = app.send(request(Method::GET, "/api/v1/users", &[("origin", origin)])).await;
        let expected = if allowed { origin } else { "" };
        assert_eq!(answer.header("access-control-allow-origin"), expected, "{origin}");
    }
    let preflight = [("origin", "https://mycompany.com"), ("access-control-request-method", "PATCH")];
    let answer = app.send(request(Method::OPTIONS, "/api/v1/users", &preflight)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-methods"), "GET,POST,PUT,PATCH,DELETE");
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "preflights are no exception");
}

#[tokio::test]
async fn allowed_origins_can_read_errors() {
    let app = App::new(Identity::Anonymous).await;
    let answer = app.send(request(Method::GET, "/api/v1/users", &[("origin", "https://mycompany.com")])).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("access-control-allow-origin"), "https://mycompany.com");
    assert!(answer.header("access-control-expose-headers").contains("x-request-id"));
}

#[tokio::test]
async fn responses_that_differ_by_header_have_vary() {
    let app = App::with_people(Identity::AnonymousReader, 20).await;
    for path in ["/", "/api/v1/users"] {
        assert_varies(&app, path).await;
    }
    // A response that already has `Vary: accept-encoding`, as static files do, does not get it twice.
    let varying = || async { ([(header::VARY, "accept-encoding")], "a".repeat(1000)) };
    let routes = axum::Router::new().route("/varying", get(varying));
    let stacked = router::with_stack(routes, &app.state, vec!["mycompany.com".parse().unwrap()]);
    assert_varies(&app.around(stacked), "/varying").await;
}

async fn assert_varies(app: &App, path: &str) {
    for (name, value) in [("origin", "https://mycompany.com"), ("accept-encoding", "br")] {
        let (plain, other) = (ask(app, path, &[]).await, ask(app, path, &[(name, value)]).await);
        assert_eq!((plain.status.as_u16(), other.status.as_u16()), (200, 200), "{path}");
        for answer in [&plain, &other] {
            let vary: Vec<_> = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
            let occurrences = vary.join(",").split(',').filter(|varied| varied.trim() == name).count();
            assert_eq!(occurrences, 1, "{path} by {name}: {vary:?}");
        }
    }
    let plain = ask(app, path, &[]).await;
    assert!(!plain.headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{:?}", plain.headers);
}

async fn ask(app: &App, path: &str, headers: &[(&str, &str)]) -> Answer {
    app.send(request(Method::GET, path, headers)).await
}

#[tokio::test]
async fn responses_are_compressed_as_the_client_accepts() {
    let app = App::with_people(Identity::AnonymousReader, 20).await;
    for coding in ["zstd", "br", "gzip"] {
        for path in ["/", "/api/v1/users"] {
            let answer = app.send(request(Method::GET, path, &[("accept-encoding", coding)])).await;
            assert_eq!(answer.header("content-encoding"), coding, "{path}");
        }
    }
    assert_eq!(app.get("/").await.header("content-encoding"), "");
}

#[tokio::test]
async fn refusing_an_unencoded_response_does_not_change_the_result_of_a_request() {
    let app = App::new(Identity::Operator).await;
    for (number, accept) in ["identity;q=0", "*;q=0", "deflate, identity;q=0", "gzip;q=0, *;q=0"].iter().enumerate() {
        let body = format!(r#"{{"name":"Ada","email":"ada{number}@example.org"}}"#);
        let post = Request::post("/api/v1/users").header("content-type", "application/json");
        let answer = app.send(post.header("accept-encoding", *accept).body(Body::from(body)).unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-encoding")), (201, ""), "{accept}");
        assert_eq!(ask(&app, "/nothing", &[("accept-encoding", accept)]).await.status, 404, "{accept}");
    }
}

#[tokio::test]
async fn every_response_has_security_headers() {
    let app = App::new(Identity::AnonymousReader).await;
    for path in ["/", "/nothing", "/api/v1/users", "/rpc/nothing"] {
        let answer = app.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
    }
}

async fn panicking() -> StatusCode {
    panic!("the secret is swordfish")
}

/// A router with failing handlers behind the real middleware stack.
async fn broken(path: &str) -> crate::support::Answer {
    let app = App::new(Identity::AnonymousReader).await;
    let failing = || async { AppError::internal("the secret is swordfish").into_response() };
    let routes = axum::Router::new()
        .route("/api/panic", get(panicking))
        .route("/api/fail", get(failing))
        .route("/panic", get(panicking));
    let stacked = router::with_stack(routes, &app.state, Vec::new());
    app.around(stacked).get(path).await
}

#[tokio::test]
async fn a_request_that_times_out_gets_503() {
    let app = App::new(Identity::AnonymousReader).await;
    let routes = axum::Router::new().route("/api/never", get(std::future::pending::<StatusCode>));
    let stacked = router::with_stack(routes, &app.state, Vec::new());
    // With time paused and nothing left to run, the clock advances to the next timer at once.
    tokio::time::pause();
    let answer = app.around(stacked).get("/api/never").await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "1"));
    assert_eq!(answer.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn a_slow_body_gets_408_from_every_handler() {
    let app = App::new(Identity::Operator).await;
    tokio::time::pause();
    let never = || Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let answer = app.post("/api/v1/users", "application/json", never()).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (408, "application/problem+json"));
    assert_eq!(answer.json()["title"], "Request Timeout");
    let page = app.post("/sign-in", "application/x-www-form-urlencoded", never()).await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (408, "text/html; charset=utf-8"));
    assert_eq!(app.state.load.in_flight(), 0);
}

#[tokio::test]
async fn panics_and_internal_errors_do_not_reveal_their_cause() {
    for path in ["/api/panic", "/api/fail"] {
        let answer = broken(path).await;
        assert_eq!(answer.status, 500, "{path}");
        assert_eq!(answer.json()["detail"], "Internal server error");
        assert!(!answer.text().contains("swordfish"), "{path}");
    }
    let page = broken("/panic").await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (500, "text/html; charset=utf-8"));
    assert!(page.text().contains("Internal error") && !page.text().contains("swordfish"));
}
