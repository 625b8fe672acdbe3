//! Traffic: clients of a real server that read and write concurrently while something fails.

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::http::Request;
use http_body_util::BodyExt;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use super::writers::Ledger;
use crate::{
    cli::{self, server::Reply},
    support::PASSWORD,
};

/// The longest time that any request may take, whatever fails.
const MAX_RESPONSE_TIME: Duration = Duration::from_secs(30);
/// The longest time to full recovery once the database is available again.
const MAX_RECOVERY_TIME: Duration = Duration::from_mins(1);
const ADMIN: &str = "admin@example.org";

/// The pages that a signed-in user opens, and the API resources that a service reads.
const PAGES: [&str; 4] = ["/", "/?q=writer&status=all", "/account", "/rpc/list_users?query=q%3Dwriter"];
const RESOURCES: [&str; 2] = ["/api/v1/users?q=writer&per_page=5&count=exact", "/api/v1/audit?per_page=5"];

/// State shared by the clients of one server, which can be restarted at the same address.
pub struct Traffic {
    pub ledger: Ledger,
    pub served: AtomicUsize,
    pub unavailable: AtomicUsize,
    url: Mutex<String>,
    client: Client<HttpConnector, String>,
    token: String,
    cookie: Mutex<String>,
    /// Whether the server itself can be killed, so that connections break.
    may_lose: AtomicBool,
    stop: AtomicBool,
}

impl Traffic {
    /// Clients of the server at `url` with the database at `database`.
    pub async fn new(folder: &Path, url: &str, database: &str, may_lose: bool) -> Arc<Self> {
        let (url, token) = (url.to_owned().into(), token(folder, database));
        let client = Client::builder(TokioExecutor::new()).build_http();
        let traffic = Self {
            url,
            token,
            client,
            may_lose: may_lose.into(),
            ledger: Ledger::default(),
            served: AtomicUsize::default(),
            unavailable: AtomicUsize::default(),
            cookie: Mutex::default(),
            stop: AtomicBool::default(),
        };
        assert!(traffic.sign_in().await, "the server is well at the beginning");
        Arc::new(traffic)
    }

    /// Starts this many writers and three readers, which run until `finish`.
    pub fn begin(self: &Arc<Self>, writers: usize) -> JoinSet<()> {
        let mut clients = JoinSet::new();
        for writer in 0..writers {
            let traffic = self.clone();
            clients.spawn(async move { traffic.write_on(writer).await });
        }
        for reader in 0..3 {
            let traffic = self.clone();
            clients.spawn(async move { traffic.read_on(reader).await });
        }
        clients
    }

    /// Stops the clients after their current requests.
    pub async fn finish(&self, clients: JoinSet<()>) {
        self.stop.store(true, Ordering::Relaxed);
        clients.join_all().await;
    }

    /// Tolerates lost connections from now on, because the server may be killed.
    pub fn forgive_lost_connections(&self) {
        self.may_lose.store(true, Ordering::Relaxed);
    }

    /// Sends the traffic to another server from now on.
    pub fn move_to(&self, url: &str) {
        url.clone_into(&mut self.url.lock().unwrap());
    }

    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Asserts that everything works again within `MAX_RECOVERY_TIME`, and keeps working.
    pub async fn heals(&self) {
        let back = Instant::now();
        while !self.all_is_well().await {
            assert!(back.elapsed() < MAX_RECOVERY_TIME, "not healed after {:?}", back.elapsed());
            sleep(Duration::from_millis(50)).await;
        }
        assert!(back.elapsed() < MAX_RECOVERY_TIME, "healed after {:?}", back.elapsed());
        for _ in 0..10 {
            assert!(self.all_is_well().await, "it was well {:?} after the return", back.elapsed());
        }
    }

    async fn all_is_well(&self) -> bool {
        for n in 0..PAGES.len() + RESOURCES.len() {
            if !self.read(n).await {
                return false;
            }
        }
        self.writes_one().await
    }

    async fn read_on(&self, reader: usize) {
        for n in reader.. {
            if self.is_stopped() {
                return;
            }
            if n % 50 == 49 {
                self.sign_in().await
            } else {
                self.read(n).await
            };
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Whether the request was answered. The session must survive.
    async fn read(&self, n: usize) -> bool {
        let n = n % (PAGES.len() + RESOURCES.len());
        let reply = if let Some(page) = PAGES.get(n) {
            let cookie = self.cookie.lock().unwrap().clone();
            self.send("GET", page, &[("cookie", &cookie)], String::new()).await
        } else {
            self.call("GET", RESOURCES[n - PAGES.len()], &[], String::new()).await
        };
        reply.inspect(|reply| assert_eq!(reply.status, 200, "{n}: {}", reply.text)).is_some()
    }

    async fn sign_in(&self) -> bool {
        let form = [("email", ADMIN), ("password", PASSWORD)];
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let Some(reply) = self.send("POST", "/sign-in", &headers, body).await else { return false };
        // An attempt counts as failed until the password was checked, so interrupted attempts add up to the limit.
        if reply.status == 429 {
            return true;
        }
        assert_eq!((reply.status, reply.header("location")), (303, "/"), "{}", reply.text);
        reply.header("set-cookie").split(';').next().unwrap().clone_into(&mut self.cookie.lock().unwrap());
        true
    }

    /// Calls the API.
    pub async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: String) -> Option<Reply> {
        let bearer = format!("Bearer {}", self.token);
        let headers = [headers, &[("authorization", bearer.as_str())]].concat();
        self.send(method, path, &headers, body).await
    }

    /// The response; `None` if it is 503, or if a killed server sent none, in which case the outcome is unknown.
    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: String) -> Option<Reply> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url.lock().unwrap()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let asking = async {
            let (parts, body) = self.client.request(request.body(body).unwrap()).await.ok()?.into_parts();
            Some((parts, body.collect().await.ok()?.to_bytes()))
        };
        let answer = timeout(MAX_RESPONSE_TIME, asking).await.unwrap_or_else(|_| panic!("{method} {path} hangs"));
        let Some((parts, body)) = answer else {
            assert!(self.may_lose.load(Ordering::Relaxed), "{method} {path} was not answered");
            sleep(Duration::from_millis(20)).await;
            return None;
        };
        let text = String::from_utf8_lossy(&body).into_owned();
        let reply = Reply { status: parts.status.as_u16(), headers: parts.headers, text };
        if reply.status != 503 {
            self.served.fetch_add(1, Ordering::Relaxed);
            return Some(reply);
        }
        assert_eq!(reply.header("retry-after"), "1", "{method} {path}");
        self.unavailable.fetch_add(1, Ordering::Relaxed);
        sleep(Duration::from_millis(50)).await;
        None
    }

    /// The JSON response of the API, with retries for up to `MAX_RECOVERY_TIME`.
    pub async fn json(&self, path: &str) -> Value {
        let begun = Instant::now();
        let reply = loop {
            match self.call("GET", path, &[], String::new()).await {
                Some(reply) => break reply,
                None => assert!(begun.elapsed() < MAX_RECOVERY_TIME, "{path}"),
            }
        };
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        serde_json::from_str(&reply.text).unwrap()
    }
}

/// Creates the admin who opens the pages, and an API token.
fn token(folder: &Path, database: &str) -> String {
    let admin =
        ["admin", "create", "--name", "Admin", "--email", ADMIN, "--password-stdin", "--database-url", database];
    let (code, _, err) = cli::run_with_input(folder, &admin, PASSWORD);
    assert_eq!((code, err.as_str()), (0, ""));
    let scopes = ["--scope", "users:read", "--scope", "users:write", "--scope", "admin"];
    let create = ["token", "create", "--name", "Traffic", "--database-url", database];
    let (code, token, err) = cli::run(folder, &[&create[..], &scopes].concat());
    assert_eq!((code, err.as_str()), (0, ""));
    token.trim().to_owned()
}
