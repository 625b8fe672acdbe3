//! Response cache: no response is served after its invalidation, to a request with other permissions, or beyond the
//! size limit.

mod logging;
mod size;
mod tokens;

use std::{sync::Arc, time::Duration};

use axum::{body::Body, http::Request};
use rollcall::{
    domain::{Scope, UserId},
    server::{
        foundation::clock::{SystemClock, UuidV7},
        services::{
            identity::{Actor, Identity},
            tokens::TokenForm,
            users::Users,
        },
        store,
    },
};
use secrecy::ExposeSecret;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use crate::support::{Answer, App, Fresh, form, id, postgres, settings, sqlite};

const USERS: &str = "/api/v1/users";
/// The maximum number of attempts; generous enough to learn of other instances' changes on a slow machine.
const PATIENCE: usize = 400;

async fn with_people(database: Fresh, identity: Identity) -> App {
    let app = App::over(database, settings(identity, "http://localhost:3000"));
    for n in 1..=3 {
        let form = form(&format!("Person {n}"), &format!("person{n}@example.org"));
        app.users.create(&Actor::operator(), &form).await.unwrap();
    }
    app
}

/// Repeats a request until its response comes from the cache, which shows in an identical response.
async fn warm(app: &App, path: &str, authorization: &str) {
    for _ in 0..PATIENCE {
        ask(app, path, authorization).await;
        let made = app.state.cache.misses();
        ask(app, path, authorization).await;
        if made > 0 && app.state.cache.misses() == made && app.state.cache.bytes() > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{path} is never kept");
}

async fn ask(app: &App, path: &str, authorization: &str) -> Answer {
    let request = Request::get(path);
    let request = if authorization.is_empty() { request } else { request.header("authorization", authorization) };
    app.send(request.body(Body::empty()).unwrap()).await
}

async fn token(app: &App, scopes: &[Scope]) -> String {
    let form = TokenForm { name: "Service".into(), scopes: scopes.iter().copied().collect(), expires_in_days: None };
    format!("Bearer {}", app.state.tokens.create(&Actor::operator(), &form).await.unwrap().expose_secret())
}

fn person(id: UserId) -> String {
    format!("{USERS}/{id}")
}

/// Changes the database without an audit event, which never happens in production, so nothing is invalidated.
async fn execute_without_event(database: &Fresh, sql: &str) {
    let sql = AssertSqlSafe(sql.to_owned());
    if database.url.starts_with("sqlite:") {
        sqlx::query(sql).execute(&mut SqliteConnection::connect(&database.url).await.unwrap()).await.unwrap();
    } else {
        sqlx::query(sql).execute(&mut PgConnection::connect(&database.url).await.unwrap()).await.unwrap();
    }
}

#[tokio::test]
async fn a_cached_response_is_served_unchanged_until_a_change() {
    for database in [sqlite().await, postgres().await] {
        let app = with_people(database, Identity::AnonymousReader).await;
        let paths = [USERS.to_owned(), person(id(1)), "/".to_owned(), format!("/users/{}", id(1))];
        for path in &paths {
            warm(&app, path, "").await;
        }
        execute_without_event(&app.database, "update users set name = 'Changed by hand'").await;
        for path in &paths {
            let answer = app.get(path).await;
            assert!(!answer.text().contains("Changed by hand"), "{path}");
            for name in ["etag", "x-request-id", "x-content-type-options", "content-type", "cache-control"] {
                assert_eq!(
                    answer.header(name).is_empty(),
                    name == "etag" && !path.starts_with("/api"),
                    "{path} {name}"
                );
            }
        }
        app.users.update(&Actor::operator(), id(1), 1, &form("Ada", "ada@example.org")).await.unwrap();
        for path in &paths {
            assert!(app.get(path).await.text().contains("ada@example.org"), "{path}");
        }
        // A change to another person does not invalidate this response.
        app.users.delete(&Actor::operator(), id(2)).await.unwrap();
        assert_eq!(app.get(&person(id(2))).await.status, 404);
        assert!(!app.get(USERS).await.text().contains("person2@"));
    }
}

#[tokio::test]
async fn every_change_is_visible_to_the_next_request() {
    let app = with_people(sqlite().await, Identity::AnonymousReader).await;
    let authorization = token(&app, &[Scope::UsersRead, Scope::UsersWrite]).await;
    for round in 0..30 {
        warm(&app, USERS, "").await;
        warm(&app, &person(id(1)), &authorization).await;
        let name = format!("Round {round}");
        let patch = Request::patch(person(id(1)))
            .header("authorization", &authorization)
            .header("content-type", "application/merge-patch+json")
            .header("if-match", "*")
            .body(Body::from(format!("{{\"name\": \"{name}\"}}")))
            .unwrap();
        assert_eq!(app.send(patch).await.status, 200);
        assert!(app.get(USERS).await.text().contains(&name));
        assert_eq!(ask(&app, &person(id(1)), &authorization).await.json()["name"], name);
    }
}

#[tokio::test]
async fn cached_responses_do_not_cross_permissions() {
    let app = with_people(sqlite().await, Identity::AnonymousReader).await;
    app.users.delete(&Actor::operator(), id(1)).await.unwrap();
    let (reads, writes) =
        (token(&app, &[Scope::UsersRead]).await, token(&app, &[Scope::UsersRead, Scope::UsersWrite]).await);
    let only_writes = token(&app, &[Scope::Admin]).await;
    warm(&app, &person(id(1)), &writes).await;
    let trash = format!("{USERS}?status=deleted");
    warm(&app, &trash, &writes).await;
    for (authorization, found, listed) in
        [(&*reads, 404, 403), ("", 404, 401), (&*writes, 200, 200), (&*only_writes, 403, 403)]
    {
        for _ in 0..2 {
            assert_eq!(ask(&app, &person(id(1)), authorization).await.status, found);
            assert_eq!(ask(&app, &trash, authorization).await.status, listed);
        }
    }
    assert_eq!(ask(&app, USERS, "Bearer rc_nonsense").await.status, 401);
    // A session and a theme cookie are both part of the cache key of a page.
    app.member(rollcall::domain::Role::Editor).await;
    warm(&app, "/", "").await;
    let cookie = app.sign_in(rollcall::domain::Role::Editor).await;
    let visitor = app.get("/").await.text();
    for cookie in [&*cookie, "rollcall_theme=dark"] {
        let request = Request::get("/").header("cookie", cookie).body(Body::empty()).unwrap();
        assert_ne!(app.send(request).await.text(), visitor, "{cookie}");
    }
    assert_eq!(app.get("/").await.text(), visitor);
}

#[tokio::test]
async fn changes_by_another_process_are_noticed() {
    for database in [sqlite().await, postgres().await] {
        let app = with_people(database, Identity::AnonymousReader).await;
        let authorization = token(&app, &[Scope::UsersRead]).await;
        for path in [USERS, &person(id(1))] {
            warm(&app, path, "").await;
            warm(&app, path, &authorization).await;
        }
        let other = store::open(&app.database.url.parse().unwrap(), store::Options::default()).await.unwrap();
        let users = Users::new(other.clone(), Arc::new(SystemClock), Arc::new(UuidV7));
        let form = form("From elsewhere", "elsewhere@example.org");
        users.update(&Actor::operator(), id(1), 1, &form).await.unwrap();
        for path in [USERS, &person(id(1))] {
            eventually(async || app.get(path).await.text().contains("elsewhere@example.org")).await;
        }
        let now = rollcall::server::foundation::clock::Clock::now(&*app.clock).unwrap();
        let token = &app.state.tokens.list(&Actor::operator()).await.unwrap()[0];
        let event = Actor::operator().event(rollcall::domain::Action::TokenRevoked, now);
        other.revoke_token(token.id, now, &event).await.unwrap();
        eventually(async || ask(&app, USERS, &authorization).await.status == 401).await;
    }
}

#[tokio::test]
async fn nothing_is_served_from_the_cache_while_the_audit_trail_cannot_be_read() {
    let app = with_people(sqlite().await, Identity::AnonymousReader).await;
    warm(&app, USERS, "").await;
    execute_without_event(&app.database, "update users set name = 'Changed by hand'").await;
    assert!(!app.get(USERS).await.text().contains("Changed by hand"));
    execute_without_event(&app.database, "alter table events rename to gone").await;
    eventually(async || app.get(USERS).await.text().contains("Changed by hand")).await;
}

async fn eventually(mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..PATIENCE {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it never is");
}
