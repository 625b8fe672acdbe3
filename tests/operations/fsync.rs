//! Durability: a change is acknowledged only after it was synced to disk. SIGKILL cannot show this, because the page
//! cache survives it.

use std::{collections::HashMap, sync::Arc};

use super::{directory::Directory, shim::Shim};
use crate::support::postgres::PostgresServer;

const WRITERS: usize = 8;
const EACH: usize = 12;

/// The operations in order. A write is logged when it ends, a sync when it begins and when it ends, and a response
/// before it is sent.
type Log = Vec<(String, Vec<String>)>;

/// Runs concurrent writers; returns the log of operations.
async fn written(directory: Directory, shim: &Shim, arguments: &[&str]) -> Log {
    let directory = Arc::new(directory);
    let server = Arc::new(directory.start(arguments, shim));
    let writers = (0..WRITERS).map(|writer| {
        let (directory, server) = (directory.clone(), server.clone());
        tokio::spawn(async move {
            for n in 0..EACH {
                assert_eq!(directory.create(&server, &mark(writer * EACH + n)).await.0, 201);
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    shim.log()
}

fn mark(n: usize) -> String {
    format!("mark{n:08}")
}

/// The number of changes acknowledged before a sync that began after their commit had been written.
fn early_acknowledgements(log: &Log, committed: impl Fn(&str) -> Option<usize>) -> usize {
    let is_synced_first = |mark: &str| {
        let answered = first(log, 0, "answer", mark).expect("it was answered");
        let begun = committed(mark).and_then(|committed| first(log, committed, "sync", ""));
        begun.and_then(|begun| first(log, begun, "synced", "")).is_some_and(|synced| synced < answered)
    };
    (0..WRITERS * EACH).filter(|n| !is_synced_first(&mark(*n))).count()
}

/// The index of the first such operation from `from` on, with this mark unless it is empty.
fn first(log: &Log, from: usize, what: &str, mark: &str) -> Option<usize> {
    let is_it =
        |(done, marks): &(String, Vec<String>)| done == what && (mark.is_empty() || marks.iter().any(|m| m == mark));
    Some(from + log[from..].iter().position(is_it)?)
}

async fn early_acknowledgements_on_sqlite(synchronous: &str) -> usize {
    let shim = Shim::of("rollcall.db").with_delay(1_000);
    let log = written(Directory::new(), &shim, &["--sqlite-synchronous", synchronous]).await;
    early_acknowledgements(&log, |mark| {
        let written = first(&log, 0, "wal", mark)?;
        // The frame header with the commit flag may come just before this write, which is then its page.
        let commit = first(&log, written - 1, "commit", "")?;
        first(&log, commit, "wal", "")
    })
}

#[tokio::test]
async fn no_change_is_acknowledged_before_its_commit_is_synced() {
    assert_eq!(early_acknowledgements_on_sqlite("full").await, 0);
}

/// Negative control: the test above can fail.
#[tokio::test]
async fn with_synchronous_normal_no_change_waits_for_a_sync() {
    assert!(early_acknowledgements_on_sqlite("normal").await > WRITERS * EACH / 2);
}

/// Finds PostgreSQL's commits in its write-ahead log by transaction id.
async fn early_acknowledgements_on_postgresql(options: &str) -> usize {
    let shim = Shim::of("/pg_wal/").with_delay(1_000).shared();
    // The WAL writer would split the log at other places than the committing backends do.
    let database = PostgresServer::with_environment("wal_writer_delay = 10s", shim.environment());
    let log = written(Directory::over(&(database.url() + options)), &shim, &[]).await;
    let created = "select u.name, e.xid::text from users u join events e on e.user_id = u.id";
    let rows = sqlx::query_as(created).fetch_all(&mut database.connect().await.unwrap()).await.unwrap();
    let transactions: HashMap<String, String> = rows.into_iter().collect();
    early_acknowledgements(&log, |mark| first(&log, 0, "committed", &transactions[mark]))
}

#[tokio::test]
async fn no_change_is_acknowledged_before_postgresql_has_synced_its_commit() {
    assert_eq!(early_acknowledgements_on_postgresql("").await, 0);
}

/// Negative control: the test above can fail.
#[tokio::test]
async fn without_synchronous_commit_no_change_waits_for_a_sync() {
    let early = early_acknowledgements_on_postgresql("?options=-c%20synchronous_commit%3Doff").await;
    assert!(early > WRITERS * EACH / 2, "{early}");
}
