//! Group commit: queued SQLite writers share one commit, with no visible effect other than the time it takes.

use std::{sync::Arc, time::Duration};

use sqlx::Connection;
use tokio::{task::JoinHandle, time::sleep};

use super::{
    directory::{Directory, connect, count, is_whole},
    shim::Shim,
};
use crate::cli::server::Server;

#[derive(Clone)]
struct Scene {
    directory: Arc<Directory>,
    server: Arc<Server>,
    shim: Arc<Shim>,
}

impl Scene {
    async fn with_delay(micros: u32) -> Self {
        let (directory, shim) = (Directory::new(), Shim::of("rollcall.db").with_delay(micros));
        let mut server = directory.start(&[], &shim);
        // Waits until the writes at startup are done.
        server.setup_path();
        // The first request also records the use of the token.
        assert_eq!(directory.create(&server, "first").await.0, 201);
        Self { directory: Arc::new(directory), server: Arc::new(server), shim: Arc::new(shim) }
    }

    /// Creates a person in the background; the task returns the status.
    fn create(&self, name: String) -> JoinHandle<u16> {
        let Self { directory, server, .. } = self.clone();
        tokio::spawn(async move { directory.create(&server, &name).await.0 })
    }

    /// Holds a write lock while `create` starts its writers, so that they queue up and are then committed together.
    async fn hold_up<T>(&self, create: impl AsyncFnOnce() -> T) -> T {
        let mut database = connect(&self.directory.path().join("rollcall.db")).await;
        let lock = database.begin_with("begin immediate").await.unwrap();
        let created = create().await;
        sleep(Duration::from_millis(500)).await;
        lock.rollback().await.unwrap();
        created
    }

    async fn count(&self, what: &'static str) -> i64 {
        count(&self.directory.path().join("rollcall.db"), what).await
    }

    /// No change was applied in part.
    async fn ensure_whole(&self) {
        assert!(is_whole(&self.directory.path().join("rollcall.db")).await);
        let recorded = self.count("select count(distinct user_id) from events where action = 'user.created'").await;
        assert_eq!(self.count("select count(*) from users").await, recorded);
    }
}

async fn all(creations: Vec<JoinHandle<u16>>) -> Vec<u16> {
    let mut statuses = Vec::new();
    for creation in creations {
        statuses.push(creation.await.unwrap());
    }
    statuses
}

#[tokio::test]
async fn concurrent_writers_share_fsyncs() {
    let scene = Scene::with_delay(10_000).await;
    let before = syncs(&scene.shim);
    for round in 0..6 {
        let statuses = all((0..16).map(|writer| scene.create(format!("w{writer}-{round}"))).collect()).await;
        assert_eq!(statuses, [201; 16]);
    }
    let syncs = syncs(&scene.shim) - before;
    assert!(syncs < 6 * 16 / 2, "{syncs} syncs");
    assert_eq!(scene.count("select count(*) from users").await, 1 + 6 * 16);
}

fn syncs(shim: &Shim) -> usize {
    shim.log().iter().filter(|(what, _)| what == "sync").count()
}

#[tokio::test]
async fn a_failed_group_commit_fails_exactly_its_members() {
    let scene = Scene::with_delay(0).await;
    let (syncs_before, names) = (syncs(&scene.shim), (0..12).map(|n| format!("w{n}")));
    let held = scene.hold_up(async || names.map(|name| scene.create(name)).collect::<Vec<_>>());
    assert_eq!(all(held.await).await, [201; 12]);
    let syncs = syncs(&scene.shim) - syncs_before;
    assert!(syncs < 12 / 2, "{syncs} syncs");
    let held = scene.hold_up(async || {
        let held = (0..12).map(|n| scene.create(format!("full{n}"))).collect::<Vec<_>>();
        sleep(Duration::from_millis(300)).await;
        scene.shim.refuse("ENOSPC", 0);
        held
    });
    assert_eq!(all(held.await).await, [503; 12]);
    scene.shim.allow();
    assert_eq!(scene.create("after".to_owned()).await.unwrap(), 201);
    assert_eq!(scene.count("select count(*) from users").await, 14);
    assert_eq!(scene.count("select count(*) from users where name like 'full%'").await, 0);
    scene.ensure_whole().await;
}

/// The disk becomes full at every possible point of a group commit.
#[tokio::test]
async fn a_503_was_not_applied_and_a_201_was() {
    let scene = Scene::with_delay(1_000).await;
    let (mut done, mut refused) = (1, 0);
    for after in (0..20).map(|step| 5 * step) {
        scene.shim.refuse(if after % 2 == 0 { "ENOSPC" } else { "EIO" }, after);
        let statuses = all((0..8).map(|n| scene.create(format!("w{n}-{after}"))).collect()).await;
        scene.shim.allow();
        assert!(statuses.iter().all(|status| matches!(status, 201 | 503)), "{statuses:?}");
        done += statuses.iter().filter(|status| **status == 201).count();
        refused += statuses.iter().filter(|status| **status == 503).count();
        assert_eq!(scene.create(format!("again-{after}")).await.unwrap(), 201);
        done += 1;
        assert_eq!(scene.count("select count(*) from users").await, i64::try_from(done).unwrap(), "after {after}");
    }
    assert!(done > 20 && refused > 0, "{done} done, {refused} refused");
    scene.ensure_whole().await;
}

/// An error that depends on another writer's change is sent only after that change is durable.
#[tokio::test]
async fn an_error_is_sent_only_after_its_cause_is_durable() {
    let scene = Scene::with_delay(20_000).await;
    let from = scene.shim.log().len();
    let held = scene.hold_up(async || (0..8).map(|_| scene.create("mark00000001".to_owned())).collect::<Vec<_>>());
    let mut statuses = all(held.await).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
    let log = &scene.shim.log()[from..];
    let find = |from: usize, what: &str| (from..log.len()).find(|at| log[*at].0 == what).unwrap();
    let written = (0..log.len()).find(|at| log[*at].0 == "wal" && !log[*at].1.is_empty()).unwrap();
    assert!(find(find(written, "sync"), "synced") < find(0, "answer"), "{log:?}");
}

#[tokio::test]
async fn a_cancelled_writer_does_not_delay_the_group() {
    let scene = Scene::with_delay(5_000).await;
    for round in 0..8 {
        let leave = async |held: &[JoinHandle<u16>]| {
            sleep(Duration::from_millis(20 * round)).await;
            held.iter().for_each(JoinHandle::abort);
        };
        let held = scene.hold_up(async || {
            let held = (0..9).map(|n| scene.create(format!("w{n}-{round}"))).collect::<Vec<_>>();
            leave(&held[..3]).await;
            held
        });
        let mut held = held.await;
        leave(&held[3..6]).await;
        assert_eq!(all(held.split_off(6)).await, [201; 3]);
        // All writers of the group disconnect.
        let held = scene.hold_up(async || (0..3).map(|n| scene.create(format!("l{n}-{round}"))).collect::<Vec<_>>());
        leave(&held.await).await;
        assert_eq!(scene.create(format!("after-{round}")).await.unwrap(), 201);
    }
    scene.ensure_whole().await;
}
