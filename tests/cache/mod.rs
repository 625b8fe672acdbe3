//! What is kept of answers: never what is over, never more than was allowed, never for others.

mod tokens;

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
    time::Duration,
};

use axum::{body::Body, http::Request};
use rollcall::{
    domain::{Scope, UserId},
    server::{
        SystemClock, UuidV7,
        auth::{Actor, Identity},
        store,
        tokens::TokenForm,
        users::Users,
    },
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use crate::{
    cli::{
        run,
        server::{Reply, Server, send},
    },
    support::{Answer, App, Fresh, form, id, postgres, settings, sqlite},
};

const USERS: &str = "/api/v1/users";
/// Longer than it takes to learn what others did, on whatever machine.
const PATIENCE: usize = 400;

async fn with_people(database: Fresh, identity: Identity) -> App {
    let app = App::over(database, settings(identity, "http://localhost:3000"));
    for n in 1..=3 {
        let form = form(&format!("Person {n}"), &format!("person{n}@example.org"));
        app.users.create(&Actor::operator(), &form).await.unwrap();
    }
    app
}

/// Asks until the answer is one that is kept: it is the same again, without anything being made.
async fn warm(app: &App, path: &str, authorization: &str) {
    for _ in 0..PATIENCE {
        ask(app, path, authorization).await;
        let made = app.state.cache.made();
        ask(app, path, authorization).await;
        if made > 0 && app.state.cache.made() == made && app.state.cache.bytes() > 0 {
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

/// As nobody does: without a word in the audit trail.
async fn behind_its_back(database: &Fresh, sql: &str) {
    let sql = AssertSqlSafe(sql.to_owned());
    if database.url.starts_with("sqlite:") {
        sqlx::query(sql).execute(&mut SqliteConnection::connect(&database.url).await.unwrap()).await.unwrap();
    } else {
        sqlx::query(sql).execute(&mut PgConnection::connect(&database.url).await.unwrap()).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_kept_is_given_again_as_it_was_until_a_change() {
    for database in [sqlite().await, postgres().await] {
        let app = with_people(database, Identity::Visitor).await;
        let paths = [USERS.to_owned(), person(id(1)), "/".to_owned(), format!("/users/{}", id(1))];
        for path in &paths {
            warm(&app, path, "").await;
        }
        behind_its_back(&app.database, "update users set name = 'Changed by hand'").await;
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
        // Of somebody else, nothing has changed.
        app.users.delete(&Actor::operator(), id(2)).await.unwrap();
        assert_eq!(app.get(&person(id(2))).await.status, 404);
        assert!(!app.get(USERS).await.text().contains("person2@"));
    }
}

#[tokio::test]
async fn every_change_is_seen_by_whoever_asks_next() {
    let app = with_people(sqlite().await, Identity::Visitor).await;
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
async fn nobody_is_given_what_was_made_for_another_right() {
    let app = with_people(sqlite().await, Identity::Visitor).await;
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
    // Whoever is signed in has pages of their own, and so has whoever likes it dark.
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
async fn what_another_process_does_is_learned() {
    for database in [sqlite().await, postgres().await] {
        let app = with_people(database, Identity::Visitor).await;
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
        let now = rollcall::server::Clock::now(&*app.clock).unwrap();
        let token = &app.state.tokens.list(&Actor::operator()).await.unwrap()[0];
        let event = Actor::operator().event(rollcall::domain::Action::TokenRevoked, now);
        other.revoke_token(token.id, now, &event).await.unwrap();
        eventually(async || ask(&app, USERS, &authorization).await.status == 401).await;
    }
}

#[tokio::test]
async fn nothing_is_given_while_the_trail_cannot_be_read() {
    let app = with_people(sqlite().await, Identity::Visitor).await;
    warm(&app, USERS, "").await;
    behind_its_back(&app.database, "update users set name = 'Changed by hand'").await;
    assert!(!app.get(USERS).await.text().contains("Changed by hand"));
    behind_its_back(&app.database, "alter table events rename to gone").await;
    eventually(async || app.get(USERS).await.text().contains("Changed by hand")).await;
}

#[tokio::test]
async fn no_more_is_kept_than_was_allowed() {
    let app = with_people(sqlite().await, Identity::Visitor).await;
    warm(&app, USERS, "").await;
    for n in 0..3_000 {
        app.get(&format!("{USERS}?q=person&name=&created_after=2020-01-01T00:00:00.{n:06}Z")).await;
        app.get(&format!("{USERS}?q={n:0300}")).await;
        assert!(app.state.cache.bytes() <= 1 << 20);
    }
    assert!(app.state.cache.bytes() > 1 << 19, "{}", app.state.cache.bytes());
}

#[tokio::test]
async fn what_is_over_makes_room_for_what_follows() {
    let app = with_people(sqlite().await, Identity::Visitor).await;
    let ask_all = async || {
        for n in 0..100 {
            app.get(&format!("{USERS}?q=person{n}")).await;
        }
        app.state.cache.bytes()
    };
    warm(&app, USERS, "").await;
    let once = ask_all().await;
    for version in 1..=5 {
        let form = form(&format!("Ada {version}"), "ada@example.org");
        app.users.update(&Actor::operator(), id(1), version, &form).await.unwrap();
        let again = ask_all().await;
        assert!(again <= once, "{again} bytes, {once} before");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_ask_at_once_one_has_it_made() {
    let app = Arc::new(with_people(sqlite().await, Identity::Visitor).await);
    warm(&app, USERS, "").await;
    for round in 0..20 {
        let made = app.state.cache.made();
        let path = format!("/?q=person{round}");
        let asking: Vec<_> = (0..50)
            .map(|_| {
                let (app, path) = (app.clone(), path.clone());
                tokio::spawn(async move { app.get(&path).await.status })
            })
            .collect();
        for asked in asking {
            assert_eq!(asked.await.unwrap(), 200);
        }
        assert!(app.state.cache.made() <= made + 2, "{} times", app.state.cache.made() - made);
    }
}

#[tokio::test]
async fn where_nothing_is_to_be_kept_nothing_is() {
    let settings =
        rollcall::server::state::Settings { cache_bytes: 0, ..settings(Identity::Visitor, "http://localhost:3000") };
    let app = App::with_settings(settings).await;
    app.users.create(&Actor::operator(), &form("Ada", "ada@example.org")).await.unwrap();
    for _ in 0..20 {
        assert_eq!(app.get(USERS).await.status, 200);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    behind_its_back(&app.database, "update users set name = 'Changed by hand'").await;
    assert!(app.get(USERS).await.text().contains("Changed by hand"));
    assert_eq!((app.state.cache.bytes(), app.state.cache.made()), (0, 0));
}

#[tokio::test]
async fn what_is_given_again_has_an_id_a_line_and_figures_as_any_answer() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["seed", "--count", "5"]);
    let arguments = ["--anonymous", "read", "--log-format", "json", "--metrics-listen", "127.0.0.1:0"];
    let mut server = Server::start(folder.path(), &arguments);
    let metrics = server.line().strip_prefix("Metrics are at ").unwrap().to_owned();
    let figure = async |name: &str| {
        let text = send(&metrics, Request::get("/"), String::new()).await.text;
        let line = text.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        line.map_or(0, |figure| figure.trim().parse::<usize>().unwrap())
    };
    let first = server.send(USERS, Request::get("/"), String::new()).await;
    let mut ids = HashSet::from([first.header("x-request-id").to_owned()]);
    while figure("rollcall_cache_answers_total{outcome=\"given\"}").await < 3 {
        let again = server.send(USERS, Request::get("/"), String::new()).await;
        assert!(ids.insert(again.header("x-request-id").to_owned()), "an id is that of one request");
        assert_eq!((again.status, &again.text), (200, &first.text));
        let names = |reply: &Reply| reply.headers.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
        assert_eq!(names(&again), names(&first));
        assert!(ids.len() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mine = server.send(USERS, Request::get("/").header("x-request-id", "mine"), String::new()).await;
    assert_eq!(mine.header("x-request-id"), "mine");
    let counted = "http_requests_total{method=\"GET\",route=\"/api/v1/users\",status=\"200\"}";
    assert_eq!(figure(counted).await, ids.len() + 1);

    let (_, log) = server.stop(folder.path());
    let log: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let lines: Vec<_> = log.iter().filter(|line| line["target"] == "access").collect();
    assert_eq!(lines.len(), ids.len() + 1);
    for line in lines {
        let span = &line["spans"][0];
        assert_eq!((&span["route"], &span["actor"]), (&json!(USERS), &json!("anonymous")), "{line}");
        assert_eq!((&line["status"], &line["bytes"]), (&json!(200), &json!(first.text.len())), "{line}");
    }
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
