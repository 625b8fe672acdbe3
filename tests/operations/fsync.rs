//! That an answer means: it is on the disk. SIGKILL cannot show it, for it leaves the page cache.

use std::sync::Arc;

use super::{directory::Directory, shim::Shim};

const WRITERS: usize = 8;
const EACH: usize = 12;

/// Many people write at once; answers how many were told that it is done before a sync that began
/// after their commit had ended.
async fn told_too_early(synchronous: &str) -> usize {
    let shim = Shim::of("rollcall.db").with_delay(1_000);
    let directory = Arc::new(Directory::new());
    let server = Arc::new(directory.start(&["--sqlite-synchronous", synchronous], &shim));
    let writers = (0..WRITERS).map(|writer| {
        let (directory, server) = (directory.clone(), server.clone());
        tokio::spawn(async move {
            for n in 0..EACH {
                let name = format!("mark{:08}", writer * EACH + n);
                assert_eq!(directory.create(&server, &name).await.0, 201);
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let log = shim.log();
    (0..WRITERS * EACH).filter(|n| !is_synced_first(&log, &format!("mark{n:08}"))).count()
}

/// The log tells of a write when it is over, of a sync when it begins and when it is over, of an
/// answer before it leaves.
fn is_synced_first(log: &[(String, Vec<String>)], mark: &str) -> bool {
    let first = |from: usize, what: &str| (from..log.len()).find(|at| log[*at].0 == what);
    let has_mark = |at: &usize| log[*at].1.iter().any(|known| known == mark);
    let written = (0..log.len()).find(|at| log[*at].0 == "wal" && has_mark(at)).expect("it was written");
    let answered = (0..log.len()).find(|at| log[*at].0 == "answer" && has_mark(at)).expect("it was answered");
    // The head of the frame that commits may stand just before: then this is its page.
    let commit = first(written - 1, "commit").expect("it was committed");
    let committed = first(commit, "wal").unwrap();
    first(committed, "sync").and_then(|begun| first(begun, "synced")).is_some_and(|synced| synced < answered)
}

#[tokio::test]
async fn no_answer_to_a_change_leaves_before_its_commit_is_synced() {
    assert_eq!(told_too_early("full").await, 0);
}

/// So the test above can fail.
#[tokio::test]
async fn with_normal_nobody_waits_for_a_sync() {
    assert!(told_too_early("normal").await > WRITERS * EACH / 2);
}
