//! Concurrent writers at two instances and directly in the database.

use std::{collections::HashMap, sync::Arc, time::Duration};

use rollcall::server::store::Position;
use sqlx::{Connection, PgConnection};
use tokio::time::sleep;

use super::{
    SILENCE,
    fixture::{Fixture, create, watch, write},
};
use crate::{
    cli::server::Server,
    support::{
        redis::OwnRedis,
        stream::{EventStream, PATIENCE, settled},
    },
};

/// Reads the stream until every person has reached their last version. Positions must increase, and versions must not
/// decrease.
async fn follow(mut stream: EventStream, versions: &HashMap<String, i64>) {
    let (mut received, mut last) = (HashMap::new(), Position::default());
    // Two events of a person can carry the same version, so keep reading until the stream is silent.
    while let Some((id, user)) = stream.changed_within(if received == *versions { SILENCE } else { PATIENCE }).await {
        let position = stream.last_id.parse().unwrap();
        assert!(position > last, "{position} after {last}");
        last = position;
        let version = user["version"].as_i64().unwrap();
        let before = received.insert(id, version);
        assert!(before.is_none_or(|before| before <= version), "from version {before:?} back to {version}");
    }
    assert_eq!(received, *versions);
}

/// A client that changes people in several ways.
struct Writer {
    server: Arc<Server>,
    token: String,
    url: String,
    ids: Vec<String>,
}

impl Writer {
    async fn change_user(&self, n: usize, turn: usize) {
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
                // 412: another writer was faster (optimistic concurrency).
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

/// A slow transaction: pauses between the audit event and its change.
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
async fn concurrent_changes_are_sent_completely_and_in_order_per_user() {
    let redis = OwnRedis::start();
    let fixture = Fixture::new(Some(&redis)).await;
    let start = settled(&fixture.database).await;
    let mut ids = Vec::new();
    for n in 0..12 {
        ids.push(create(&fixture.one, &fixture.token, &format!("person{n}")).await);
    }
    let start = start.to_string();
    let streams = [watch(&fixture.one).await, watch(&fixture.other).await];
    let mut writers = tokio::task::JoinSet::new();
    for n in 0..8 {
        let server = if n % 2 == 0 { fixture.one.clone() } else { fixture.other.clone() };
        let writer =
            Writer { server, token: fixture.token.clone(), url: fixture.database.url.clone(), ids: ids.clone() };
        writers.spawn(async move {
            for turn in 0..20 {
                writer.change_user(n, turn).await;
            }
        });
    }
    writers.join_all().await;
    let versions = fixture.versions().await;
    for stream in streams {
        follow(stream, &versions).await;
    }
    let resumed = EventStream::open(&fixture.other.url, &[("last-event-id", &start)]).await.greeted().await;
    follow(resumed, &versions).await;
}
