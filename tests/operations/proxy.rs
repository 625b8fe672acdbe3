//! Network failures between Rollcall and PostgreSQL, and recovery.

use std::{
    net::TcpListener,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use rollcall::server::store;
use sqlx::Connection;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use super::traffic::Traffic;
use crate::{
    cli::server::Server,
    support::{
        self, Fresh,
        proxy::{Cut, Network, Proxy},
    },
};

/// A server under traffic, and the proxy to its database.
struct Service {
    database: Fresh,
    proxy: Proxy,
    traffic: Arc<Traffic>,
    clients: JoinSet<()>,
    server: Server,
    folder: tempfile::TempDir,
    arguments: [String; 4],
}

impl Service {
    async fn begin() -> Self {
        let (database, folder) = (support::postgres().await, tempfile::tempdir().unwrap());
        let (server, name) = database.url.rsplit_once('/').unwrap();
        let proxy = Proxy::to(server.rsplit_once(':').unwrap().1.parse().unwrap()).await;
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let url = format!("postgres://rollcall@{}/{name}", proxy.address);
        let arguments = ["--listen".to_owned(), address, "--database-url".to_owned(), url];
        let server = start(folder.path(), &arguments);
        let traffic = Traffic::new(folder.path(), &server.url, &database.url, false).await;
        let clients = traffic.begin(4);
        Self { database, proxy, traffic, clients, server, folder, arguments }
    }

    /// Asserts that no acknowledged change was lost or applied twice, and that none exists only in this process'
    /// caches.
    async fn settle(self) {
        self.traffic.finish(self.clients).await;
        drop(self.server);
        let _server = start(self.folder.path(), &self.arguments);
        self.traffic.forgive_lost_connections();
        self.traffic.settle(&self.database.url).await;
        let count = |count: &std::sync::atomic::AtomicUsize| count.load(Ordering::Relaxed);
        let (served, unavailable) = (count(&self.traffic.served), count(&self.traffic.unavailable));
        println!("{served} served, {unavailable} unavailable");
        assert!(served > 100);
    }
}

fn start(folder: &std::path::Path, arguments: &[String; 4]) -> Server {
    Server::start(folder, &arguments.each_ref().map(String::as_str))
}

async fn millis(millis: u64) {
    sleep(Duration::from_millis(millis)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_network_only_delays_responses() {
    let service = Service::begin().await;
    service.proxy.set(Network::Delays(Duration::from_millis(20)));
    millis(4_000).await;
    assert_eq!(service.traffic.unavailable.load(Ordering::Relaxed), 0);
    service.proxy.set(Network::Passes);
    service.traffic.heals().await;
    service.settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_connections_are_replaced() {
    let service = Service::begin().await;
    for n in 0..30 {
        millis(50 + n * 37 % 200).await;
        service.proxy.cut(if n % 2 == 0 { Cut::Close } else { Cut::Reset });
    }
    service.traffic.heals().await;
    service.settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_connections_are_abandoned() {
    let service = Service::begin().await;
    for away in [100, 6_000] {
        millis(1_000).await;
        service.proxy.set(Network::Swallows);
        millis(away).await;
        service.proxy.set(Network::Passes);
        service.traffic.heals().await;
    }
    assert!(service.traffic.unavailable.load(Ordering::Relaxed) > 0);
    service.settle().await;
}

/// A client that disconnects during a change leaves no lock, and no open transaction in the connection pool.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_disconnects_during_a_change_blocks_no_other() {
    let service = Service::begin().await;
    let headers = [("content-type", "application/json")];
    let body = r#"{"name":"Ada","email":"ada@example.org"}"#.to_owned();
    let ada = service.traffic.call("POST", "/api/v1/users", &headers, body).await.unwrap();
    let path = ada.header("location").to_owned();
    service.proxy.set(Network::Delays(Duration::from_millis(10)));
    let headers = [("content-type", "application/merge-patch+json"), ("if-match", "*")];
    for n in 0..60 {
        let body = format!(r#"{{"name":"Ada {n}"}}"#);
        let _ = timeout(Duration::from_millis(n * 5), service.traffic.call("PATCH", &path, &headers, body)).await;
    }
    service.proxy.set(Network::Passes);
    let deleted = service.traffic.call("DELETE", &path, &[], String::new());
    assert_eq!(timeout(Duration::from_secs(5), deleted).await.unwrap().unwrap().status, 204);
    millis(3_000).await;
    assert_eq!(idle_in_transactions(&service.database.url).await, 0);
    service.settle().await;
}

#[tokio::test]
async fn a_transaction_cancelled_while_it_begins_is_not_reused() {
    let database = support::postgres().await;
    let (server, name) = database.url.rsplit_once('/').unwrap();
    let proxy = Proxy::to(server.rsplit_once(':').unwrap().1.parse().unwrap()).await;
    let url = format!("postgres://rollcall@{}/{name}", proxy.address);
    let store = store::open(&url.parse().unwrap(), store::Options::default()).await.unwrap();
    assert!(store.is_empty().await.unwrap(), "a connection is there now");
    millis(100).await;
    proxy.set(Network::Delays(Duration::from_millis(200)));
    assert!(timeout(Duration::from_millis(100), store.begin_changes(&[], false)).await.is_err());
    millis(1_000).await;
    assert_eq!(idle_in_transactions(&database.url).await, 0);
}

async fn idle_in_transactions(database: &str) -> i64 {
    let idle = "select count(*) from pg_stat_activity
        where datname = current_database() and state like 'idle in transaction%'
            and state_change < now() - interval '300 milliseconds'";
    let mut database = sqlx::PgConnection::connect(database).await.unwrap();
    sqlx::query_scalar(idle).fetch_one(&mut database).await.unwrap()
}
