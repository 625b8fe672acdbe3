//! Cross-site requests (CSRF).

use axum::{body::Body, http::Request};
use rollcall::{
    domain::{Role, Scope},
    server::services::{
        identity::{Actor, Identity},
        tokens::TokenForm,
    },
};
use secrecy::ExposeSecret;

use super::get;
use crate::support::{Answer, App, settings};

async fn write(app: &App, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::post(path).header("host", "people.mycompany.com");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let json = path.starts_with("/api");
    let (content_type, body) = if json {
        ("application/json", r#"{"name":"Ada","email":"ada@example.org"}"#)
    } else {
        ("application/x-www-form-urlencoded", "name=Ada&email=ada%40example.org")
    };
    app.send(request.header("content-type", content_type).body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn a_cookie_from_another_site_changes_nothing() {
    let app = App::with_settings(settings(Identity::Anonymous, "https://people.mycompany.com")).await;
    app.member(Role::Editor).await;
    let cookie = app.sign_in(Role::Editor).await;
    for path in ["/api/v1/users", "/rpc/change_users", "/users/new", "/sign-out", "/sign-in"] {
        for forged in [
            [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
            [("sec-fetch-site", "same-site"), ("origin", "https://evil.mycompany.com")],
            [("origin", "https://evil.example"), ("referer", "https://people.mycompany.com/")],
            [("origin", "null"), ("referer", "")],
            [("origin", "https://mycompany.com"), ("x-forwarded-host", "mycompany.com")],
        ] {
            let headers = [&[("cookie", cookie.as_str())][..], &forged].concat();
            let answer = write(&app, path, &headers).await;
            assert_eq!(answer.status, 403, "{path} {forged:?}");
            assert!(answer.text().contains("This request came from another site."), "{path} {forged:?}");
        }
    }
    let refused = write(&app, "/api/v1/users", &[("cookie", &cookie), ("origin", "https://evil.example")]).await;
    assert_eq!(refused.header("content-type"), "application/problem+json");
    for ours in [("sec-fetch-site", "same-origin"), ("origin", "https://people.mycompany.com")] {
        let answer = write(&app, "/api/v1/users", &[("cookie", &cookie), ours]).await;
        assert!([201, 409].contains(&answer.status.as_u16()), "{ours:?}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_token_works_from_every_origin_that_cors_allows() {
    let app = App::with_settings(settings(Identity::Anonymous, "https://people.mycompany.com")).await;
    let scopes = [Scope::UsersWrite].into_iter().collect();
    let form = TokenForm { name: "Service".into(), scopes, expires_in_days: None };
    let token = app.state.tokens.create(&Actor::operator(), &form).await.unwrap();
    let bearer = format!("Bearer {}", token.expose_secret());
    let headers =
        [("authorization", bearer.as_str()), ("origin", "https://app.mycompany.com"), ("sec-fetch-site", "cross-site")];
    let answer = write(&app, "/api/v1/users", &headers).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.header("access-control-allow-origin"), "https://app.mycompany.com");
}

#[tokio::test]
async fn a_get_changes_nothing() {
    let app = App::with_people(Identity::Anonymous, 1).await;
    app.member(Role::Admin).await;
    let admin = app.sign_in(Role::Admin).await;
    let person = format!("/users/{}", crate::support::id(1));
    for (path, status) in [
        (format!("/rpc/change_users?action=Delete&ids[0]={}", crate::support::id(1)), 405),
        ("/sign-out".to_owned(), 405),
        (format!("{person}?action=delete"), 200),
        ("/users/new?name=Ada&email=ada%40example.org".to_owned(), 200),
    ] {
        assert_eq!(get(&app, &admin, &path).await.status, status, "{path}");
    }
    assert_eq!(app.users.list(&Actor::operator(), &"".parse().unwrap()).await.unwrap().items.len(), 2);
}
