//! Fresh databases, the real router in process, and people to put in.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use http_body_util::BodyExt;
use rollcall::{
    domain::{NewUser, Timestamp, UserForm, UserId},
    server::{
        Clock, Ids,
        auth::Actor,
        router::router,
        state::AppState,
        store::{self, Store, UserRecord},
        users::Users,
    },
};
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

/// A fresh database, gone when this is dropped (PostgreSQL's with its whole server).
pub struct Fresh {
    pub store: Arc<dyn Store>,
    pub url: String,
    _folder: TempDir,
}

pub async fn sqlite() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("rollcall.db").display());
    open(url, folder).await
}

pub async fn postgres() -> Fresh {
    let server = std::env::var("ROLLCALL_TEST_POSTGRES")
        .expect("ROLLCALL_TEST_POSTGRES is not set: run the tests by `make test`, or under scripts/with-postgres");
    let name = format!("test_{}", Uuid::now_v7().simple());
    let mut connection = PgConnection::connect(&server).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}"))).execute(&mut connection).await.unwrap();
    open(format!("{}/{name}", server.rsplit_once('/').unwrap().0), tempfile::tempdir().unwrap()).await
}

async fn open(url: String, folder: TempDir) -> Fresh {
    let store = store::open(&url.parse().unwrap()).await.unwrap();
    Fresh { store, url, _folder: folder }
}

/// The `n`th of a row of ids that sort as they are counted.
pub fn id(n: u32) -> UserId {
    format!("01900000-0000-7000-8000-{n:012x}").parse().unwrap()
}

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse("at", text).unwrap()
}

pub fn new_user(name: &str, email: &str) -> NewUser {
    UserForm { name: name.into(), email: email.into() }.parse().unwrap()
}

pub fn record(n: u32, name: &str, email: &str, created_at: &str) -> UserRecord {
    let user = new_user(name, email).with_created_at(Some(at(created_at)));
    UserRecord::new(id(n), &user, at("2026-01-01T00:00:00Z"))
}

/// A service whose clock stands still and whose ids are counted.
pub fn still_users(store: Arc<dyn Store>) -> Users {
    struct Still;
    impl Clock for Still {
        fn now(&self) -> Result<Timestamp, rollcall::domain::AppError> {
            Ok(at("2026-02-03T04:05:06.789Z"))
        }
    }
    struct Counted(std::sync::atomic::AtomicU32);
    impl Ids for Counted {
        fn next(&self) -> UserId {
            id(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
        }
    }
    Users::new(store, Arc::new(Still), Arc::new(Counted(1.into())))
}

/// The real router over a fresh SQLite file; requests without credentials run as `actor`.
pub struct App {
    pub router: Router,
    pub users: Users,
    pub state: AppState,
    _database: Fresh,
}

impl App {
    pub async fn new(actor: Actor) -> Self {
        let database = sqlite().await;
        let users = still_users(database.store.clone());
        let state = AppState { users: users.clone(), ..AppState::new(database.store.clone(), actor) };
        let router = router(state.clone(), vec!["mycompany.com".parse().unwrap()]);
        Self { router, users, state, _database: database }
    }

    pub async fn with_people(actor: Actor, count: u32) -> Self {
        let app = Self::new(actor).await;
        for n in 1..=count {
            let form = UserForm { name: format!("Person {n:03}"), email: format!("person{n}@example.org") };
            app.users.create(&Actor::Operator, &form).await.unwrap();
        }
        app
    }

    /// The same, with another router.
    pub fn around(self, router: Router) -> Self {
        Self { router, ..self }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, content_type: &str, body: impl Into<Body>) -> Answer {
        self.send(Request::post(path).header("content-type", content_type).body(body.into()).unwrap()).await
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    /// The fields that an error names, whichever door it came through.
    pub fn fields(&self) -> Vec<String> {
        let json = self.json();
        let errors = json.get("errors").or(json.get("info")).and_then(Value::as_array).cloned().unwrap_or_default();
        errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
    }
}
