//! SIGKILL: the process ends at an arbitrary instruction.

use std::{
    net::TcpListener,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::traffic::Traffic;
use crate::{
    cli::server::Server,
    support::{self, Fresh},
};

const WRITES: usize = 1_000;
const KILLS: u32 = 12;
/// Generous, for slow machines.
const PATIENCE: Duration = Duration::from_mins(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_acknowledged_changes_survive_sigkill_exactly_once() {
    outlives_sigkill(support::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_acknowledged_changes_survive_sigkill_exactly_once() {
    outlives_sigkill(support::postgres().await).await;
}

async fn outlives_sigkill(database: Fresh) {
    let folder = tempfile::tempdir().unwrap();
    let address = free_address();
    let start = || Server::start(folder.path(), &["--listen", &address, "--database-url", &database.url]);
    let mut server = start();
    let traffic = Traffic::new(folder.path(), &server.url, &database.url, true).await;
    let clients = traffic.begin(6);
    let begun = Instant::now();
    let mut kills = 0;
    while traffic.ledger.writes.load(Ordering::Relaxed) < WRITES || kills < KILLS {
        assert!(begun.elapsed() < PATIENCE, "{} writes", traffic.ledger.writes.load(Ordering::Relaxed));
        kills += 1;
        // Every other time only after a write: a server that starts slowly would otherwise be killed before its first one.
        let written = traffic.ledger.writes.load(Ordering::Relaxed);
        while kills % 2 == 0 && traffic.ledger.writes.load(Ordering::Relaxed) == written && begun.elapsed() < PATIENCE {
            sleep(Duration::from_millis(10)).await;
        }
        // A different moment each time.
        sleep(Duration::from_millis(200 + u64::from(kills * 97 % 300))).await;
        // Dropping the server kills it.
        drop(server);
        server = start();
    }
    traffic.finish(clients).await;
    traffic.settle(&database.url).await;
    let ledger = &traffic.ledger;
    println!(
        "{kills} kills, {} writes, {} replayed",
        ledger.writes.load(Ordering::Relaxed),
        ledger.replayed.load(Ordering::Relaxed)
    );
}

/// An address that was free a moment ago.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}
