//! `Idempotency-Key`.

use axum::{body::Body, extract::Request, http::HeaderValue};
use chrono::TimeDelta;
use futures::future::join_all;
use rollcall::{
    domain::Scope,
    server::services::{
        identity::{Actor, Identity},
        tokens::TokenForm,
    },
};
use secrecy::ExposeSecret;

use crate::support::{Answer, App, id};

const USERS: &str = "/api/v1/users";
const ADA: &str = r#"{"name":"Ada","email":"ada@example.org"}"#;
const EVE: &str = r#"{"name":"Eve","email":"eve@example.org"}"#;

fn request(path: &str, key: impl TryInto<HeaderValue>, body: &'static str) -> Request {
    let mut request = Request::post(path).header("content-type", "application/json").body(Body::from(body)).unwrap();
    request.headers_mut().insert("idempotency-key", key.try_into().ok().unwrap());
    request
}

pub async fn send(app: &App, path: &str, key: &str, body: &'static str) -> Answer {
    app.send(request(path, key, body)).await
}

async fn people(app: &App) -> usize {
    app.get(USERS).await.json().as_array().unwrap().len()
}

pub fn is_replayed(answer: &Answer) -> bool {
    answer.header("idempotency-replayed") == "true"
}

pub fn assert_same(answer: &Answer, first: &Answer) {
    assert!(is_replayed(answer) && !is_replayed(first));
    assert_eq!((answer.status, answer.text()), (first.status, first.text()));
    for name in ["content-type", "location", "etag"] {
        assert_eq!(answer.header(name), first.header(name), "{name}");
    }
}

#[tokio::test]
async fn a_repeated_request_gets_the_same_response_and_is_not_executed_again() {
    let app = App::new(Identity::Operator).await;
    let first = send(&app, USERS, "\"one\"", ADA).await;
    assert_eq!((first.status.as_u16(), first.header("location")), (201, format!("{USERS}/{}", id(1)).as_str()));
    let again = send(&app, USERS, "\"one\"", ADA).await;
    assert_same(&again, &first);
    assert_ne!(again.header("x-request-id"), first.header("x-request-id"));
    assert_eq!(people(&app).await, 1);
    assert_eq!(send(&app, USERS, "\"two\"", EVE).await.status, 201, "another key is another request");
}

#[tokio::test]
async fn concurrent_equal_requests_create_one_user() {
    let app = App::new(Identity::Operator).await;
    let answers = join_all((0..20).map(|_| send(&app, USERS, "one", ADA))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201 && !is_replayed(answer)).count(), 1);
    for answer in &answers {
        match answer.status.as_u16() {
            201 => assert_eq!(answer.json()["id"], id(1).to_string()),
            409 => assert_eq!(answer.json()["errors"][0]["code"], "in_flight"),
            other => panic!("{other} {}", answer.text()),
        }
    }
    assert_eq!(people(&app).await, 1);
}

#[tokio::test]
async fn a_key_belongs_to_one_request() {
    let app = App::new(Identity::Operator).await;
    let first = send(&app, USERS, "one", ADA).await;
    for (path, body) in [(USERS, EVE), ("/api/v1/users?x=1", ADA), ("/api/v1/nothing", ADA)] {
        let answer = send(&app, path, "one", body).await;
        assert_eq!((answer.status.as_u16(), answer.fields()), (422, vec!["Idempotency-Key".to_owned()]), "{path}");
        assert_eq!(answer.json()["errors"][0]["code"], "reused");
    }
    assert_same(&send(&app, USERS, "one", ADA).await, &first);
    assert_eq!(people(&app).await, 1);
}

#[tokio::test]
async fn an_error_response_is_replayed_verbatim() {
    let app = App::with_people(Identity::Operator, 1).await;
    let taken = r#"{"name":"Eve","email":"person1@example.org"}"#;
    for (key, path, body, status) in
        [("invalid", USERS, "{}", 422), ("taken", USERS, taken, 409), ("nowhere", "/api/v1/nothing", "{}", 404)]
    {
        let first = send(&app, path, key, body).await;
        assert_eq!((first.status.as_u16(), first.header("content-type")), (status, "application/problem+json"));
        assert_eq!(first.json()["request_id"], first.header("x-request-id"));
        assert_same(&send(&app, path, key, body).await, &first);
    }
    let deleted = app.post_form(&format!("/users/{}", id(1)), &[("action", "delete")]).await;
    assert_eq!(deleted.status, 303);
    assert_eq!(send(&app, USERS, "taken", taken).await.status, 409, "even where it would go well by now");
    assert_eq!(send(&app, USERS, "new", taken).await.status, 201);
}

#[tokio::test]
async fn an_error_that_may_be_about_a_header_is_not_kept() {
    let app = App::with_people(Identity::Operator, 1).await;
    for (name, value, status) in
        [("content-type", "text/plain", 415), ("content-encoding", "gzip", 415), ("accept", "text/html", 406)]
    {
        let mut wrong = request(USERS, name, EVE);
        wrong.headers_mut().insert(name, HeaderValue::from_static(value));
        assert_eq!(app.send(wrong).await.status, status, "{name}");
    }
    assert_eq!(people(&app).await, 1);
    let right = send(&app, USERS, "accept", EVE).await;
    assert_eq!((right.status.as_u16(), is_replayed(&right)), (201, false), "{}", right.text());

    let restore = format!("/api/v1/users/{}/restore", id(1));
    assert_eq!(app.post_form(&format!("/users/{}", id(1)), &[("action", "delete")]).await.status, 303);
    for (tags, status) in [("\"7\"", 412), ("garbage", 400)] {
        let mut stale = request(&restore, "stale", "");
        stale.headers_mut().insert("if-match", HeaderValue::from_static(tags));
        assert_eq!(app.send(stale).await.status, status, "{tags}");
    }
    let right = send(&app, &restore, "stale", "").await;
    assert_eq!((right.status.as_u16(), is_replayed(&right)), (200, false), "{}", right.text());
}

#[tokio::test]
async fn keys_are_separate_for_each_caller() {
    let app = App::new(Identity::Anonymous).await;
    for (name, body) in [("One", ADA), ("Other", EVE)] {
        let form =
            TokenForm { name: name.into(), scopes: [Scope::UsersWrite].into_iter().collect(), expires_in_days: None };
        let token = app.state.tokens.create(&Actor::operator(), &form).await.unwrap();
        let mut request = request(USERS, "one", body);
        let bearer = format!("Bearer {}", token.expose_secret()).try_into().unwrap();
        request.headers_mut().insert("authorization", bearer);
        let answer = app.send(request).await;
        assert_eq!((answer.status.as_u16(), is_replayed(&answer)), (201, false), "{}", answer.text());
    }
    let anonymous = send(&app, USERS, "one", ADA).await;
    assert_eq!((anonymous.status.as_u16(), is_replayed(&anonymous)), (401, false));
}

#[tokio::test]
async fn a_key_is_one_of_1_to_255_visible_characters() {
    let app = App::new(Identity::Operator).await;
    let long = "x".repeat(256);
    for key in [&b""[..], b"a b", b"\xfc", b"a\tb", long.as_bytes()] {
        let answer = app.send(request(USERS, HeaderValue::from_bytes(key).unwrap(), ADA)).await;
        assert_eq!(answer.status, 400, "{key:?}");
        assert!(answer.json()["detail"].as_str().unwrap().contains("Idempotency-Key"), "{}", answer.text());
    }
    let mut twice = request(USERS, "one", ADA);
    twice.headers_mut().append("idempotency-key", HeaderValue::from_static("one"));
    assert_eq!(app.send(twice).await.status, 400);
    assert_eq!(people(&app).await, 0);
    assert_eq!(send(&app, USERS, &long[1..], ADA).await.status, 201);
    let read = Request::get(USERS).header("idempotency-key", "a b").body(Body::empty()).unwrap();
    assert_eq!(app.send(read).await.status, 200, "only a POST has one");
}

#[tokio::test]
async fn a_response_is_kept_for_a_day() {
    let app = App::new(Identity::Operator).await;
    let first = send(&app, USERS, "one", ADA).await;
    app.clock.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    assert_same(&send(&app, USERS, "one", ADA).await, &first);
    app.clock.advance(TimeDelta::seconds(1));
    let other = send(&app, USERS, "one", EVE).await;
    assert_eq!((other.status.as_u16(), is_replayed(&other)), (201, false));
}
