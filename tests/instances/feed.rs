//! Change feed: event streams of several instances, as real processes with one database.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Request;
use sqlx::{Connection, PgConnection};

use super::{
    SILENCE,
    fixture::{Fixture, create, watch, write},
};
use crate::{
    cli::{run, server::Server},
    support::{redis::OwnRedis, stream::EventStream},
};

async fn a_change_at_one_is_seen_at_the_other(redis: Option<&OwnRedis>) {
    let fixture = Fixture::new(redis).await;
    let mut stream = watch(&fixture.other).await;
    let id = create(&fixture.one, &fixture.token, "ada").await;
    assert_eq!(stream.names(1).await, [("ada".to_owned(), 1)]);
    assert!(fixture.other.get("/api/v1/users").await.1.contains(&id));
    let path = format!("/api/v1/users/{id}");
    assert_eq!(write(&fixture.one, &fixture.token, "PATCH", &path, r#"{"name":"Ada"}"#.to_owned()).await.0, 200);
    assert_eq!(stream.names(1).await, [("Ada".to_owned(), 2)]);
    let history = Request::get("/").header("authorization", &fixture.token);
    let history = fixture.other.send(&format!("/api/v1/users/{id}/history"), history, String::new()).await;
    assert!(history.text.contains("user.updated"), "{}", history.text);
    assert_eq!(write(&fixture.other, &fixture.token, "DELETE", &path, String::new()).await.0, 204);
    assert_eq!(stream.changed().await.0, id);
    assert!(!fixture.one.get("/api/v1/users").await.1.contains(&id));
    let history = Request::get("/").header("authorization", &fixture.token);
    let history = fixture.one.send(&format!("{path}/history"), history, String::new()).await;
    assert!(history.text.contains("user.deleted"), "{}", history.text);
    assert!(stream.is_silent(SILENCE).await);
}

#[tokio::test]
async fn a_change_at_one_instance_is_seen_at_the_other_without_redis() {
    a_change_at_one_is_seen_at_the_other(None).await;
}

#[tokio::test]
async fn a_change_at_one_instance_is_seen_at_the_other_with_redis() {
    a_change_at_one_is_seen_at_the_other(Some(&OwnRedis::start())).await;
}

#[tokio::test]
async fn changes_by_the_command_line_reach_the_streams_of_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--anonymous", "read"]);
    let mut stream = watch(&server).await;
    assert_eq!(run(folder.path(), &["seed", "--count", "3"]).0, 0);
    assert_eq!(stream.names(3).await.into_iter().collect::<BTreeSet<_>>().len(), 3);
    let erased = server.get("/api/v1/users").await.1;
    let erased = serde_json::from_str::<serde_json::Value>(&erased).unwrap()[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(run(folder.path(), &["users", "erase", &erased]).0, 0);
    assert_eq!(stream.changed().await, (erased, serde_json::Value::Null));
}

#[tokio::test]
async fn a_transaction_that_commits_late_is_not_skipped() {
    let fixture = Fixture::new(None).await;
    let mut stream = watch(&fixture.one).await;
    let mut connection = fixture.connection().await;
    let mut older = connection.begin().await.unwrap();
    sqlx::raw_sql(
        "insert into public.users (id, name, email, name_key, email_key, search, created_at, updated_at)
        values ('01900000-0000-7000-8000-000000000001', 'older', 'older@example.org', 'older', 'older@example.org',
            'older', now(), now());
        insert into public.events (at, actor_kind, action, user_id, changes)
        values (now(), 'operator', 'user.created', '01900000-0000-7000-8000-000000000001', '[]')",
    )
    .execute(&mut *older)
    .await
    .unwrap();
    create(&fixture.one, &fixture.token, "newer").await;
    create(&fixture.other, &fixture.token, "newest").await;
    assert!(stream.is_silent(SILENCE).await);
    let mut meanwhile = watch(&fixture.other).await;
    older.commit().await.unwrap();
    for stream in [&mut stream, &mut meanwhile] {
        let names: Vec<_> = stream.names(3).await.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["older", "newer", "newest"]);
        assert!(stream.is_silent(SILENCE).await);
    }
}

#[tokio::test]
async fn changes_of_a_killed_instance_are_sent_once_by_another() {
    let redis = OwnRedis::start();
    let Fixture { database, token, one, other, folders: _folders } = Fixture::new(Some(&redis)).await;
    let (mut at_one, mut at_other) = (watch(&one).await, watch(&other).await);
    let mut writers = tokio::task::JoinSet::new();
    for n in 0..8 {
        let (url, token) = (one.url.clone(), token.clone());
        writers.spawn(async move {
            let client = hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new());
            let client = client.build_http::<String>();
            for turn in 0..1_000 {
                let body = format!(r#"{{"name":"Person {n} {turn}","email":"{n}.{turn}@example.org"}}"#);
                let request = Request::post(format!("{url}/api/v1/users")).header("authorization", &token);
                // The client cannot know whether the change was committed before the crash, so the test asks the
                // database.
                if client.request(request.header("content-type", "application/json").body(body).unwrap()).await.is_err()
                {
                    return;
                }
            }
        });
    }
    at_one.names(40).await;
    one.kill();
    writers.join_all().await;
    let mut by_one = 40;
    let last_id = loop {
        match at_one.next().await {
            Some(_) => by_one += 1,
            None => break at_one.last_id,
        }
    };
    let mut connection = PgConnection::connect(&database.url).await.unwrap();
    let created: Vec<String> =
        sqlx::query_scalar("select id::text from public.users").fetch_all(&mut connection).await.unwrap();
    let created: BTreeSet<_> = created.into_iter().collect();
    let mut received = BTreeSet::new();
    while received.len() < created.len() {
        assert!(received.insert(at_other.changed().await.0), "each change is sent once");
    }
    assert_eq!(received, created);
    // A client of the killed instance resumes at the other.
    let mut resumed = EventStream::open(&other.url, &[("last-event-id", &last_id)]).await.greeted().await;
    assert_eq!(resumed.names(created.len() - by_one).await.len() + by_one, created.len());
    for stream in [&mut at_other, &mut resumed] {
        assert!(stream.is_silent(SILENCE).await);
    }
}

#[tokio::test]
async fn a_redis_outage_under_load_loses_no_change() {
    let mut redis = OwnRedis::start();
    let fixture = Fixture::new(Some(&redis)).await;
    let mut stream = watch(&fixture.other).await;
    let mut received = BTreeMap::new();
    for (phase, is_there) in [true, false, true].into_iter().enumerate() {
        match (phase, is_there) {
            (0, _) => {}
            (_, true) => redis.start_again(),
            (_, false) => redis.stop(),
        }
        for n in 0..20 {
            let name = format!("person{phase}.{n}");
            let id = create(&fixture.one, &fixture.token, &name).await;
            received.insert(id, name);
        }
    }
    while !received.is_empty() {
        let (id, user) = stream.changed().await;
        assert_eq!(received.remove(&id).as_deref(), user["name"].as_str(), "each once");
    }
    assert!(stream.is_silent(SILENCE).await);
    for folder in &fixture.folders {
        let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
        assert!(log.matches("Redis does not respond").count() <= 1 && !log.contains("ERROR"), "{log}");
    }
}

#[tokio::test]
async fn a_server_closes_its_streams_on_shutdown() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--anonymous", "read"]);
    let (mut one, mut other) = (watch(&server).await, watch(&server).await);
    let (code, log) = server.stop(folder.path());
    assert_eq!((code, log.contains("did not finish")), (Some(0), false), "{log}");
    for stream in [&mut one, &mut other] {
        assert_eq!(stream.next().await.unwrap().event, "bye");
        assert_eq!(stream.next().await, None);
    }
}
