//! Clients that read and write continuously, and record what was acknowledged.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::http::Request;
use http_body_util::BodyExt;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use sqlx::{Connection, PgConnection};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::support::stream::PATIENCE;

const WRITERS: usize = 4;
const READERS: usize = 3;

/// Clients that read and write through Caddy.
pub struct Clients {
    url: String,
    token: String,
    client: Client<HttpConnector, String>,
    pub answered: AtomicUsize,
    pub again: AtomicUsize,
    /// Whether an instance can be killed: a request can then be lost, and is retried once.
    pub may_lose: AtomicBool,
    pub stop: AtomicBool,
    /// The e-mail addresses of people whose creation was acknowledged.
    created: Mutex<Vec<String>>,
    /// The e-mail addresses of requests whose idempotency key was in flight at the killed instance.
    in_flight: Mutex<Vec<String>>,
}

impl Clients {
    pub fn begin(url: &str, token: &str) -> (Arc<Self>, JoinSet<()>) {
        let clients = Arc::new(Self {
            url: url.to_owned(),
            token: token.to_owned(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            answered: AtomicUsize::default(),
            again: AtomicUsize::default(),
            may_lose: AtomicBool::default(),
            stop: AtomicBool::default(),
            created: Mutex::default(),
            in_flight: Mutex::default(),
        });
        let mut tasks = JoinSet::new();
        for n in 0..WRITERS {
            let clients = clients.clone();
            tasks.spawn(async move { clients.write_on(n).await });
        }
        for _ in 0..READERS {
            let clients = clients.clone();
            tasks.spawn(async move { clients.read_on().await });
        }
        (clients, tasks)
    }

    /// Waits until this many more requests have been answered.
    pub async fn wait_for_requests(&self, count: usize) {
        let until = self.answered.load(Ordering::Relaxed) + count;
        let answered = async {
            while self.answered.load(Ordering::Relaxed) < until {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, answered).await.expect("the clients go on");
    }

    async fn write_on(&self, writer: usize) {
        for n in 0.. {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            let email = format!("writer{writer}.{n}@example.org");
            match self.create(&email).await {
                Some(()) => self.created.lock().unwrap().push(email),
                None => self.in_flight.lock().unwrap().push(email),
            }
        }
    }

    /// Creates a person exactly once; returns `None` if the outcome is not known yet.
    async fn create(&self, email: &str) -> Option<()> {
        let body = format!(r#"{{"name":"Writer","email":"{email}"}}"#);
        let (status, text) = self.answer("POST", "/api/v1/users", email, &body).await;
        if status == 409 && self.may_lose.load(Ordering::Relaxed) {
            assert!(text.contains("in_flight"), "{text}");
            return None;
        }
        assert_eq!(status, 201, "{text}");
        Some(())
    }

    async fn read_on(&self) {
        while !self.stop.load(Ordering::Relaxed) {
            let (status, text) = self.answer("GET", "/api/v1/users?q=writer&per_page=5", "", "").await;
            assert_eq!(status, 200, "{text}");
        }
    }

    /// Sends a request, with one retry if an instance can be killed.
    async fn answer(&self, method: &str, path: &str, key: &str, body: &str) -> (u16, String) {
        let answer = match self.try_once(method, path, key, body).await {
            Ok(answer) => answer,
            Err(lost) if self.may_lose.load(Ordering::Relaxed) => {
                self.again.fetch_add(1, Ordering::Relaxed);
                let second = self.try_once(method, path, key, body).await;
                second.unwrap_or_else(|again| panic!("{method} {path}: {lost}, then {again}"))
            }
            Err(lost) => panic!("{method} {path}: {lost}"),
        };
        self.answered.fetch_add(1, Ordering::Relaxed);
        answer
    }

    async fn try_once(&self, method: &str, path: &str, key: &str, body: &str) -> Result<(u16, String), String> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        if !key.is_empty() {
            request = request.header("idempotency-key", key).header("content-type", "application/json");
        }
        let request = request.header("authorization", &self.token).body(body.to_owned()).unwrap();
        let answer = async {
            let (parts, body) = self.client.request(request).await.map_err(|error| format!("{error:?}"))?.into_parts();
            let body = body.collect().await.map_err(|error| format!("cut: {error:?}"))?.to_bytes();
            Ok::<_, String>((parts.status.as_u16(), String::from_utf8_lossy(&body).into_owned()))
        };
        match timeout(PATIENCE, answer).await.map_err(|_| "hangs".to_owned())?? {
            (status @ 500.., text) => Err(format!("{status} {text}")),
            answer => Ok(answer),
        }
    }

    /// Asserts that the database contains exactly the people whose creation was acknowledged, each once.
    pub async fn settle(&self, database: &str) {
        let mut connection = PgConnection::connect(database).await.unwrap();
        // Ages the idempotency keys by a minute.
        let later = "update public.idempotency_keys set created_at = created_at - interval '61 seconds'";
        sqlx::query(later).execute(&mut connection).await.unwrap();
        let in_flight = std::mem::take(&mut *self.in_flight.lock().unwrap());
        assert!(in_flight.len() <= WRITERS, "{in_flight:?}");
        for email in in_flight {
            self.create(&email).await.expect("a key is in flight for a minute");
            self.created.lock().unwrap().push(email);
        }
        let there: Vec<String> = sqlx::query_scalar("select email from public.users order by email collate \"C\"")
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let mut created = std::mem::take(&mut *self.created.lock().unwrap());
        created.sort_unstable();
        assert_eq!(created, there);
        let again = self.again.load(Ordering::Relaxed);
        println!("{} answers, {again} at the second try", self.answered.load(Ordering::Relaxed));
    }
}
