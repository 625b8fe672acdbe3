//! Clients that change people and record what was acknowledged, to compare it with the database.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use sqlx::Connection;
use tokio::time::sleep;
use uuid::Uuid;

use super::traffic::Traffic;
use crate::cli::server::Reply;

const USERS: &str = "/api/v1/users";

/// The actions on each person in order, by id.
pub type People = BTreeMap<String, Vec<String>>;

/// The acknowledged changes.
#[derive(Default)]
pub struct Ledger {
    people: Mutex<People>,
    /// The number of acknowledged writes.
    pub writes: AtomicUsize,
    /// The number of those that had already been applied when they were retried.
    pub replayed: AtomicUsize,
    /// Requests to retry once their idempotency key is free again.
    waiting: Mutex<Vec<Post>>,
}

/// A request with its own idempotency key.
struct Post {
    path: &'static str,
    key: String,
    body: String,
}

impl Ledger {
    fn note(&self, id: &Value, done: &'static str) {
        let id = id.as_str().unwrap().to_owned();
        self.people.lock().unwrap().entry(id).or_default().push(done.to_owned());
    }

    pub fn people(&self) -> People {
        self.people.lock().unwrap().clone()
    }

    fn count(&self) {
        self.writes.fetch_add(1, Ordering::Relaxed);
    }
}

impl Traffic {
    pub async fn write_on(&self, writer: usize) {
        for n in 0.. {
            if self.is_stopped() {
                return;
            }
            let name = format!("Writer {writer} {n}");
            if n % 4 == 3 {
                self.create_some(&name).await;
            } else if let Some(user) = self.create(&name).await {
                let version = self.rename(&user, &name).await;
                if n % 2 == 0 {
                    self.delete(&user["id"], version).await;
                }
            }
        }
    }

    /// Whether a write succeeds at the first attempt.
    pub async fn writes_one(&self) -> bool {
        let post = person(&format!("Writer {}", Uuid::now_v7()));
        let done = self.post(&post).await;
        match &done {
            Some(user) => self.ledger.note(&user["id"], "user.created"),
            None => self.ledger.waiting.lock().unwrap().push(post),
        }
        done.is_some()
    }

    /// Creates a person; returns `None` if the outcome is not known yet.
    async fn create(&self, name: &str) -> Option<Value> {
        let user = self.post_until_done(person(name)).await?;
        self.ledger.note(&user["id"], "user.created");
        Some(user)
    }

    async fn create_some(&self, name: &str) {
        let create = |n| json!({"op": "create", "body": {"name": name, "email": email(&format!("{name} {n}"))}});
        let body = json!({"operations": [create(1), create(2), create(3)]}).to_string();
        let post = Post { path: "/api/v1/users/batch", key: Uuid::now_v7().to_string(), body };
        if let Some(done) = self.post_until_done(post).await {
            self.note_batch(&done);
        }
    }

    fn note_batch(&self, done: &Value) {
        for result in done["results"].as_array().unwrap() {
            self.ledger.note(&result["user"]["id"], "user.created");
        }
    }

    /// Renames a person; returns their new version. If the response was lost after the commit, the retry fails with
    /// 412, because the version has already increased.
    async fn rename(&self, user: &Value, name: &str) -> i64 {
        let (id, version) = (user["id"].as_str().unwrap(), user["version"].as_i64().unwrap());
        let headers = [("content-type", "application/merge-patch+json"), ("if-match", &*format!("\"{version}\""))];
        let body = json!({"name": format!("{name}, renamed")}).to_string();
        for tries in 0.. {
            let path = format!("{USERS}/{id}");
            let Some(reply) = self.call("PATCH", &path, &headers, body.clone()).await else { continue };
            assert!(reply.status == 200 || (reply.status == 412 && tries > 0), "{} {}", reply.status, reply.text);
            break;
        }
        self.ledger.note(&user["id"], "user.updated");
        self.ledger.count();
        version + 1
    }

    async fn delete(&self, id: &Value, version: i64) {
        let (path, version) = (format!("{USERS}/{}", id.as_str().unwrap()), format!("\"{version}\""));
        let reply = loop {
            if let Some(reply) = self.call("DELETE", &path, &[("if-match", &version)], String::new()).await {
                break reply;
            }
        };
        assert_eq!(reply.status, 204, "{}", reply.text);
        self.ledger.note(id, "user.deleted");
        self.ledger.count();
    }

    /// Retries a request for a while. If its key stays in flight longer, `settle` retries it.
    async fn post_until_done(&self, post: Post) -> Option<Value> {
        for _ in 0..20 {
            if let Some(done) = self.post(&post).await {
                return Some(done);
            }
        }
        self.ledger.waiting.lock().unwrap().push(post);
        None
    }

    async fn post(&self, post: &Post) -> Option<Value> {
        let headers = [("content-type", "application/json"), ("idempotency-key", post.key.as_str())];
        let reply = self.call("POST", post.path, &headers, post.body.clone()).await?;
        if reply.status == 409 && reply.text.contains("in_flight") {
            sleep(Duration::from_millis(20)).await;
            return None;
        }
        Some(self.acknowledged(&reply))
    }

    fn acknowledged(&self, reply: &Reply) -> Value {
        assert!([200, 201].contains(&reply.status), "{} {}", reply.status, reply.text);
        self.ledger.count();
        if reply.header("idempotency-replayed") == "true" {
            self.ledger.replayed.fetch_add(1, Ordering::Relaxed);
        }
        serde_json::from_str(&reply.text).unwrap()
    }

    /// Retries the waiting requests a minute later, and compares all people and their audit trail with what was
    /// acknowledged.
    pub async fn settle(&self, database: &str) {
        let waiting = std::mem::take(&mut *self.ledger.waiting.lock().unwrap());
        age_idempotency_keys(database).await;
        for post in &waiting {
            let done = self.post(post).await.unwrap_or_else(|| panic!("{} is not done: {}", post.key, post.body));
            if done["results"].is_array() {
                self.note_batch(&done);
            } else {
                self.ledger.note(&done["id"], "user.created");
            }
        }
        assert_eq!(self.histories().await, self.ledger.people());
    }

    /// The history of every person, from the audit trail.
    pub async fn histories(&self) -> People {
        let mut histories = People::new();
        for id in self.all_users().await {
            let history = self.json(&format!("{USERS}/{id}/history")).await;
            let recorded =
                history.as_array().unwrap().iter().rev().map(|event| event["action"].as_str().unwrap().to_owned());
            histories.insert(id, recorded.collect());
        }
        histories
    }

    async fn all_users(&self) -> Vec<String> {
        let mut ids = Vec::new();
        for page in 1.. {
            let list = self.json(&format!("{USERS}?status=all&per_page=100&page={page}")).await;
            let list = list.as_array().unwrap();
            let written = list.iter().filter(|user| user["email"].as_str().unwrap().ends_with("@writers.example"));
            ids.extend(written.map(|user| user["id"].as_str().unwrap().to_owned()));
            if list.len() < 100 {
                break;
            }
        }
        ids
    }
}

fn person(name: &str) -> Post {
    let body = json!({"name": name, "email": email(name)}).to_string();
    Post { path: USERS, key: Uuid::now_v7().to_string(), body }
}

fn email(name: &str) -> String {
    format!("{}@writers.example", name.to_lowercase().replace(' ', "-"))
}

/// Ages the idempotency keys by a minute.
async fn age_idempotency_keys(database: &str) {
    if database.starts_with("sqlite") {
        let mut connection = sqlx::SqliteConnection::connect(database).await.unwrap();
        let later = "update idempotency_keys set created_at = created_at - 61000000";
        sqlx::query(later).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = sqlx::PgConnection::connect(database).await.unwrap();
        let later = "update idempotency_keys set created_at = created_at - interval '61 seconds'";
        sqlx::query(later).execute(&mut connection).await.unwrap();
    }
}
