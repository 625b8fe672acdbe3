//! `--rate-limit`.

use std::num::NonZeroU32;

use axum::{
    body::Body,
    http::{Request, request::Builder},
};
use rollcall::{
    domain::{AppError, Scope},
    server::{
        foundation::{
            client_ip::{Peer, TrustedProxies},
            secret,
        },
        http::state::Settings,
        services::{
            identity::{Actor, Identity},
            tokens::TokenForm,
        },
    },
};
use secrecy::ExposeSecret;

use crate::support::{Answer, App, settings};

const USERS: &str = "/api/v1/users";

/// A directory with anonymous access and this limit of requests per minute.
async fn limited(rate_limit: u32) -> App {
    let settings = settings(Identity::AnonymousReader, "http://localhost:3000");
    App::with_settings(Settings { rate_limit: NonZeroU32::new(rate_limit), ..settings }).await
}

async fn send(app: &App, client: &str, request: Builder) -> Answer {
    let peer = Peer((client.parse::<std::net::IpAddr>().unwrap(), 1234).into());
    app.send(request.extension(peer).body(Body::empty()).unwrap()).await
}

async fn get(app: &App, client: &str) -> u16 {
    send(app, client, Request::get(USERS)).await.status.as_u16()
}

async fn with_token(app: &App, client: &str, token: &str) -> u16 {
    let request = Request::get(USERS).header("authorization", format!("Bearer {token}"));
    send(app, client, request).await.status.as_u16()
}

async fn token(app: &App) -> String {
    let scopes = [Scope::UsersRead].into_iter().collect();
    let form = TokenForm { name: "Service".into(), scopes, expires_in_days: None };
    app.state.tokens.create(&Actor::operator(), &form).await.unwrap().expose_secret().to_owned()
}

#[tokio::test]
async fn the_headers_hold_the_remaining_requests_and_the_reset_time() {
    let app = limited(3).await;
    for left in [2, 1, 0] {
        let answer = send(&app, "192.0.2.1", Request::get(USERS)).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("ratelimit-policy"), "\"default\";q=3;w=60");
        assert_eq!(answer.header("ratelimit"), format!("\"default\";r={left};t=20"));
    }
    let refused = send(&app, "192.0.2.1", Request::get(USERS).header("origin", "https://mycompany.com")).await;
    assert_eq!((refused.status.as_u16(), refused.header("content-type")), (429, "application/problem+json"));
    let wait = refused.header("retry-after");
    assert!((10..=20).contains(&wait.parse::<u32>().unwrap()), "{wait}");
    assert_eq!(refused.header("ratelimit"), format!("\"default\";r=0;t={wait}"));
    assert_eq!(refused.header("ratelimit-policy"), "\"default\";q=3;w=60");
    let exposed: Vec<_> = refused.header("access-control-expose-headers").split(',').collect();
    assert!(exposed.contains(&"ratelimit") && exposed.contains(&"ratelimit-policy"), "{exposed:?}");
    assert_eq!(get(&app, "192.0.2.2").await, 200, "another client");
}

#[tokio::test]
async fn an_ipv6_network_is_one_client_and_its_forwarded_headers_are_ignored() {
    let app = limited(2).await;
    for (client, status) in [("2001:db8::1", 200), ("2001:db8::2", 200), ("2001:db8::3", 429), ("2001:db8:0:1::1", 200)]
    {
        assert_eq!(get(&app, client).await, status, "{client}");
    }
    let forwarded = |n: u32| Request::get(USERS).header("x-forwarded-for", format!("198.51.100.{n}"));
    for (n, status) in [(1, 200), (2, 200), (3, 429)] {
        assert_eq!(send(&app, "192.0.2.1", forwarded(n)).await.status, status);
    }
    let settings = settings(Identity::AnonymousReader, "http://localhost:3000");
    let trusted_proxies = TrustedProxies::new(vec!["192.0.2.1/32".parse().unwrap()]);
    let behind = App::with_settings(Settings { rate_limit: NonZeroU32::new(1), trusted_proxies, ..settings }).await;
    for (n, status) in [(1, 200), (2, 200), (1, 429)] {
        assert_eq!(send(&behind, "192.0.2.1", forwarded(n)).await.status, status, "behind a proxy: {n}");
    }
}

#[tokio::test]
async fn a_token_is_limited_by_itself_from_every_address() {
    let app = limited(2).await;
    let (one, other) = (token(&app).await, token(&app).await);
    assert_eq!(with_token(&app, "192.0.2.1", &one).await, 200);
    assert_eq!(with_token(&app, "192.0.2.2", &one).await, 200);
    assert_eq!(with_token(&app, "192.0.2.3", &one).await, 429);
    assert_eq!(with_token(&app, "192.0.2.1", &other).await, 200, "another token");
    assert_eq!(get(&app, "192.0.2.1").await, 200, "the client itself");
}

#[tokio::test]
async fn guessed_tokens_are_limited_before_they_are_looked_up() {
    let app = limited(2).await;
    let wrong = secret::new_api_token().unwrap();
    for status in [401, 401, 429] {
        assert_eq!(with_token(&app, "192.0.2.1", wrong.expose_secret()).await, status, "the same one again");
    }
    for (typo, status) in [("rc_1", 401), ("rc_2", 401), ("rc_3", 429)] {
        assert_eq!(with_token(&app, "192.0.2.2", typo).await, status, "what is no token counts for the client");
    }
    assert_eq!(with_token(&app, "192.0.2.2", &token(&app).await).await, 200, "another valid token is not limited");
}

#[tokio::test]
async fn pages_and_files_are_not_limited_and_everything_else_shares_a_limit() {
    let app = limited(2).await;
    for path in ["/", "/sign-in", "/pkg/rollcall.css"] {
        for _ in 0..3 {
            let answer = app.get(path).await;
            assert_ne!(answer.status, 429, "{path}");
            assert_eq!(answer.header("ratelimit"), "", "{path}");
        }
    }
    assert_eq!(app.get("/rpc/list_users?query=").await.status, 200);
    assert_eq!(app.post_form("/sign-in", &[("email", "eve@example.org"), ("password", "nonsense")]).await.status, 422);
    let form = app.post_form("/sign-in", &[("email", "eve@example.org"), ("password", "nonsense")]).await;
    assert_eq!((form.status.as_u16(), form.header("content-type")), (429, "text/html; charset=utf-8"));
    assert!(form.text().contains("Try again in"), "{}", form.text());
    let call = app.get("/rpc/list_users?query=").await;
    assert_eq!((call.status.as_u16(), call.header("content-type")), (429, "application/x-postcard"));
    assert!(matches!(call.wire::<AppError>(), AppError::TooManyRequests(1..)));
}

#[tokio::test]
async fn without_a_limit_there_are_no_limit_headers() {
    let app = App::new(Identity::AnonymousReader).await;
    let answer = app.get(USERS).await;
    assert_eq!(answer.status, 200);
    assert_eq!((answer.header("ratelimit"), answer.header("ratelimit-policy")), ("", ""));
}
