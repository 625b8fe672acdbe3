//! The event streams of several instances, which are real processes beside one database.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use axum::http::Request;
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::{
    cli::{run, server::Server},
    support::{Fresh, postgres, redis::OwnRedis, settled, stream::EventStream},
};

/// Longer than an instance polls.
const SILENCE: Duration = Duration::from_millis(1_200);

/// Two instances on one PostgreSQL.
struct House {
    database: Fresh,
    token: String,
    one: Arc<Server>,
    other: Arc<Server>,
    folders: [TempDir; 2],
}

impl House {
    async fn new(redis: Option<&OwnRedis>) -> Self {
        let (database, folders) = (postgres().await, [(); 2].map(|()| tempfile::tempdir().unwrap()));
        let create = ["token", "create", "--name", "Feed", "--scope", "users:read", "--scope", "users:write"];
        let created = run(folders[0].path(), &[&create[..], &["--database-url", &database.url]].concat());
        let token = format!("Bearer {}", created.1.trim());
        let redis = redis.map(OwnRedis::url);
        let mut arguments = vec!["--anonymous", "read", "--database-url", &database.url];
        arguments.extend(redis.iter().flat_map(|url| ["--redis-url", url]));
        let [one, other] = [0, 1].map(|n| Arc::new(Server::start(folders[n].path(), &arguments)));
        Self { database, token, one, other, folders }
    }

    async fn connection(&self) -> PgConnection {
        PgConnection::connect(&self.database.url).await.unwrap()
    }

    async fn versions(&self) -> HashMap<String, i64> {
        let rows = sqlx::query_as("select id::text, version from public.users");
        rows.fetch_all(&mut self.connection().await).await.unwrap().into_iter().collect()
    }
}

async fn write(server: &Server, token: &str, method: &str, path: &str, body: String) -> (u16, String) {
    let content_type = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
    let request = Request::builder().method(method).header("content-type", content_type).header("if-match", "*");
    let reply = server.send(path, request.header("authorization", token), body).await;
    (reply.status, reply.text)
}

/// Answers the id of somebody who was created.
async fn create(server: &Server, token: &str, name: &str) -> String {
    let body = format!(r#"{{"name":"{name}","email":"{name}@example.org"}}"#);
    let (status, text) = write(server, token, "POST", "/api/v1/users", body).await;
    assert_eq!(status, 201, "{text}");
    serde_json::from_str::<serde_json::Value>(&text).unwrap()["id"].as_str().unwrap().to_owned()
}

async fn watch(server: &Server) -> EventStream {
    EventStream::open(&server.url, &[]).await.greeted().await
}

async fn a_change_at_one_is_seen_at_the_other(redis: Option<&OwnRedis>) {
    let house = House::new(redis).await;
    let mut stream = watch(&house.other).await;
    let id = create(&house.one, &house.token, "ada").await;
    assert_eq!(stream.names(1).await, [("ada".to_owned(), 1)]);
    assert!(house.other.get("/api/v1/users").await.1.contains(&id));
    let path = format!("/api/v1/users/{id}");
    assert_eq!(write(&house.one, &house.token, "PATCH", &path, r#"{"name":"Ada"}"#.to_owned()).await.0, 200);
    assert_eq!(stream.names(1).await, [("Ada".to_owned(), 2)]);
    let history = Request::get("/").header("authorization", &house.token);
    let history = house.other.send(&format!("/api/v1/users/{id}/history"), history, String::new()).await;
    assert!(history.text.contains("user.updated"), "{}", history.text);
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
async fn what_the_command_line_does_to_a_file_is_told_by_the_server() {
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
async fn a_transaction_that_began_before_others_is_not_passed_over() {
    let house = House::new(None).await;
    let mut stream = watch(&house.one).await;
    let mut connection = house.connection().await;
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
    create(&house.one, &house.token, "newer").await;
    create(&house.other, &house.token, "newest").await;
    assert!(stream.is_silent(SILENCE).await);
    let mut meanwhile = watch(&house.other).await;
    older.commit().await.unwrap();
    for stream in [&mut stream, &mut meanwhile] {
        let names: Vec<_> = stream.names(3).await.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["older", "newer", "newest"]);
        assert!(stream.is_silent(SILENCE).await);
    }
}

/// Reads until everybody was told in their last version. No position comes twice, no version goes back.
async fn follow(mut stream: EventStream, versions: &HashMap<String, i64>) {
    let (mut told, mut last) = (HashMap::new(), (0, 0));
    while told != *versions {
        let (id, user) = stream.changed().await;
        let (xid, seq) = stream.last_id.split_once('-').unwrap();
        let position = (xid.parse::<i64>().unwrap(), seq.parse::<i64>().unwrap());
        assert!(position > last, "{position:?} after {last:?}");
        last = position;
        let version = user["version"].as_i64().unwrap();
        let before = told.insert(id, version);
        assert!(before.is_none_or(|before| before <= version), "from version {before:?} back to {version}");
    }
    assert!(stream.is_silent(SILENCE).await);
}

/// Somebody who changes people in one way or another.
struct Writer {
    server: Arc<Server>,
    token: String,
    url: String,
    ids: Vec<String>,
}

impl Writer {
    async fn change_somebody(&self, n: usize, turn: usize) {
        let (one, two) = (&self.ids[(n * 7 + turn * 5) % 12], &self.ids[(n * 3 + turn * 7 + 1) % 12]);
        let body = format!(r#"{{"name":"Person {n} {turn}"}}"#);
        match (n + turn) % 4 {
            0 => change_slowly(&self.url, one, Duration::from_millis((n * 13 + turn * 29) as u64 % 60)).await,
            1 if one != two => {
                let update = async |id: &String| {
                    let version = self.version(id).await;
                    format!(r#"{{"op":"update","id":"{id}","if_match":{version},"body":{body}}}"#)
                };
                let batch = format!(r#"{{"operations":[{},{}]}}"#, update(one).await, update(two).await);
                let (status, text) = write(&self.server, &self.token, "POST", "/api/v1/users/batch", batch).await;
                // Somebody else may have been faster.
                assert!([200, 412].contains(&status), "{text}");
            }
            _ => {
                let path = format!("/api/v1/users/{one}");
                let (status, text) = write(&self.server, &self.token, "PATCH", &path, body).await;
                assert_eq!(status, 200, "{text}");
            }
        }
    }

    async fn version(&self, id: &str) -> i64 {
        let user = self.server.get(&format!("/api/v1/users/{id}")).await.1;
        serde_json::from_str::<serde_json::Value>(&user).unwrap()["version"].as_i64().unwrap()
    }
}

/// A transaction of whoever takes their time between the event and its change.
async fn change_slowly(url: &str, id: &str, pause: Duration) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let mut slow = connection.begin().await.unwrap();
    let event = "insert into public.events (at, actor_kind, action, user_id, changes)
        values (now(), 'operator', 'user.updated', $1::uuid, '[]')";
    sqlx::query(event).bind(id).execute(&mut *slow).await.unwrap();
    sleep(pause).await;
    let change = "update public.users set version = version + 1 where id = $1::uuid";
    sqlx::query(change).bind(id).execute(&mut *slow).await.unwrap();
    slow.commit().await.unwrap();
}

#[tokio::test]
async fn many_writers_at_once_are_told_whole_and_in_order_for_each_person() {
    let redis = OwnRedis::start();
    let house = House::new(Some(&redis)).await;
    let start = settled(&house.database).await;
    let mut ids = Vec::new();
    for n in 0..12 {
        ids.push(create(&house.one, &house.token, &format!("person{n}")).await);
    }
    let start = start.to_string();
    let streams = [watch(&house.one).await, watch(&house.other).await];
    let mut writers = tokio::task::JoinSet::new();
    for n in 0..8 {
        let server = if n % 2 == 0 { house.one.clone() } else { house.other.clone() };
        let writer = Writer { server, token: house.token.clone(), url: house.database.url.clone(), ids: ids.clone() };
        writers.spawn(async move {
            for turn in 0..20 {
                writer.change_somebody(n, turn).await;
            }
        });
    }
    writers.join_all().await;
    let versions = house.versions().await;
    for stream in streams {
        follow(stream, &versions).await;
    }
    let resumed = EventStream::open(&house.other.url, &[("last-event-id", &start)]).await.greeted().await;
    follow(resumed, &versions).await;
}

#[tokio::test]
async fn what_an_instance_did_before_it_was_killed_is_told_once_by_another() {
    let redis = OwnRedis::start();
    let House { database, token, one, other, folders: _folders } = House::new(Some(&redis)).await;
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
                // Whether it was done before the end, the client cannot know; the database does.
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
    let mut told = BTreeSet::new();
    while told.len() < created.len() {
        assert!(told.insert(at_other.changed().await.0), "nobody is told of twice");
    }
    assert_eq!(told, created);
    // Whoever watched the dead one goes on at the other.
    let mut resumed = EventStream::open(&other.url, &[("last-event-id", &last_id)]).await.greeted().await;
    assert_eq!(resumed.names(created.len() - by_one).await.len() + by_one, created.len());
    for stream in [&mut at_other, &mut resumed] {
        assert!(stream.is_silent(SILENCE).await);
    }
}

#[tokio::test]
async fn redis_goes_and_comes_back_under_traffic_and_nothing_is_missed() {
    let mut redis = OwnRedis::start();
    let house = House::new(Some(&redis)).await;
    let mut stream = watch(&house.other).await;
    let mut told = BTreeMap::new();
    for (phase, is_there) in [true, false, true].into_iter().enumerate() {
        match (phase, is_there) {
            (0, _) => {}
            (_, true) => redis.start_again(),
            (_, false) => redis.stop(),
        }
        for n in 0..20 {
            let name = format!("person{phase}.{n}");
            let id = create(&house.one, &house.token, &name).await;
            told.insert(id, name);
        }
    }
    while !told.is_empty() {
        let (id, user) = stream.changed().await;
        assert_eq!(told.remove(&id).as_deref(), user["name"].as_str(), "each once");
    }
    assert!(stream.is_silent(SILENCE).await);
    for folder in &house.folders {
        let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
        assert!(log.matches("Redis does not answer").count() <= 1 && !log.contains("ERROR"), "{log}");
    }
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_says_goodbye_to_its_streams() {
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
