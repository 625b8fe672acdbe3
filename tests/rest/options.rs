//! OPTIONS requests other than CORS preflights.

use axum::{body::Body, http::Request};
use rollcall::server::services::identity::Identity;

use crate::support::{Answer, App};

async fn options(app: &App, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::options(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn options_lists_the_methods_of_a_path() {
    let app = App::new(Identity::Anonymous).await;
    for (path, method) in [
        ("/api/v1/users", "POST"),
        ("/api/v1/users/01900000-0000-7000-8000-000000000001", "GET"),
        ("/rpc/change_users", "POST"),
        ("/", "GET"),
        ("/sign-out", "POST"),
        ("/health/live", "GET"),
        ("/health/ready", "GET"),
    ] {
        let answer = options(&app, path, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.text().as_str()), (204, ""), "{path}");
        assert!(answer.header("allow").split(',').any(|known| known.trim() == method), "{path}");
        assert_eq!(answer.header("content-type"), "", "{path}");
    }
}

#[tokio::test]
async fn options_of_an_unknown_path_is_not_found() {
    let app = App::new(Identity::Anonymous).await;
    for path in ["/nothing", "/users/1/nothing", "/api", "/api/v1/nothing", "/api/v2/users", "/rpc/nothing"] {
        assert_eq!(options(&app, path, &[]).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn options_is_allowed_across_origins_and_preflights_are_unchanged() {
    let app = App::new(Identity::Anonymous).await;
    let elsewhere = [("origin", "https://elsewhere.example"), ("sec-fetch-site", "cross-site")];
    let asked = options(&app, "/api/v1/users", &elsewhere).await;
    assert_eq!((asked.status.as_u16(), asked.header("access-control-allow-origin")), (204, ""));
    let allowed = options(&app, "/api/v1/users", &[("origin", "https://mycompany.com")]).await;
    assert_eq!(allowed.header("access-control-allow-origin"), "https://mycompany.com");
    let preflight = [("origin", "https://mycompany.com"), ("access-control-request-method", "POST")];
    let preflight = options(&app, "/api/v1/users", &preflight).await;
    assert_eq!(preflight.status, 200);
    assert!(preflight.header("access-control-allow-methods").contains("POST"));
}
