//! Outages of PostgreSQL, and recovery.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{task::JoinSet, time::sleep};

use super::traffic::Traffic;
use crate::{
    cli::server::Server,
    support::postgres::{PostgresServer, Stop},
};

/// Terminates every connection that Rollcall has.
const END: &str = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rollcall'";

/// A server under traffic, and its database.
struct Service {
    database: PostgresServer,
    traffic: Arc<Traffic>,
    clients: JoinSet<()>,
    _server: Server,
    _folder: tempfile::TempDir,
}

impl Service {
    async fn begin(settings: &str) -> Self {
        let database = PostgresServer::new(settings);
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(folder.path(), &["--database-url", &database.url()]);
        let traffic = Traffic::new(folder.path(), &server.url, &database.url(), false).await;
        let clients = traffic.begin(4);
        Self { database, traffic, clients, _server: server, _folder: folder }
    }

    /// Asserts that no acknowledged change was lost or applied twice.
    async fn settle(self) {
        self.traffic.finish(self.clients).await;
        self.traffic.settle(&self.database.url()).await;
        let count = |count: &std::sync::atomic::AtomicUsize| count.load(Ordering::Relaxed);
        let (served, unavailable) = (count(&self.traffic.served), count(&self.traffic.unavailable));
        println!("{served} served, {unavailable} unavailable");
        assert!(served > 100);
    }
}

async fn seconds(seconds: u64) {
    sleep(Duration::from_secs(seconds)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgresql_restart_under_load_loses_nothing() {
    let service = Service::begin("").await;
    for (how, away) in [(Stop::Fast, 0), (Stop::Immediate, 1), (Stop::Fast, 7)] {
        seconds(1).await;
        service.database.stop(how);
        seconds(away).await;
        service.database.start();
        service.traffic.heals().await;
    }
    assert!(service.traffic.unavailable.load(Ordering::Relaxed) > 0, "seven seconds exceed every timeout");
    service.settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn terminated_and_exhausted_connections_are_survived() {
    let service = Service::begin("max_connections = 20\nsuperuser_reserved_connections = 3").await;
    let mut taken = vec![service.database.connect().await.unwrap()];
    for _ in 0..10 {
        sqlx::query(END).execute(&mut taken[0]).await.unwrap();
        sleep(Duration::from_millis(200)).await;
    }
    service.traffic.heals().await;

    for _ in 0..3 {
        sqlx::query(END).execute(&mut taken[0]).await.unwrap();
        while let Ok(connection) = service.database.connect().await {
            taken.push(connection);
        }
    }
    seconds(6).await;
    assert!(service.traffic.unavailable.load(Ordering::Relaxed) > 0);
    drop(taken);
    service.traffic.heals().await;
    service.settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_database_still_serves_reads() {
    let service = Service::begin("").await;
    service.database.run("alter database postgres set default_transaction_read_only = on").await;
    service.database.run(END).await;
    seconds(2).await;
    let before = service.traffic.unavailable.load(Ordering::Relaxed);
    let list = service.traffic.json("/api/v1/users?per_page=1").await;
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert!(!service.traffic.writes_one().await);
    assert!(service.traffic.unavailable.load(Ordering::Relaxed) > before);
    service
        .database
        .run("begin read write; alter database postgres set default_transaction_read_only = off; commit")
        .await;
    service.database.run(END).await;
    service.traffic.heals().await;
    service.settle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_waits_at_start_for_postgresql() {
    let database = PostgresServer::new("");
    database.stop(Stop::Fast);
    let (url, folder) = (database.url(), tempfile::tempdir().unwrap());
    let path = folder.path().to_owned();
    let server = tokio::task::spawn_blocking(move || Server::start(&path, &["--database-url", &url]));
    seconds(2).await;
    assert!(!server.is_finished());
    database.start();
    assert_eq!(server.await.unwrap().get("/sign-in").await.0, 200);
}
