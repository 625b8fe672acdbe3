//! Backups of PostgreSQL, with the exact commands of docs/administration/postgresql.md.

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::{traffic::Traffic, writers::People};
use crate::{
    cli::server::Server,
    support::{
        self,
        postgres::{PostgresServer, as_postgres, bin, give_away, succeed},
    },
};

/// The first code block under a heading.
fn documented(heading: &str) -> String {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/administration/postgresql.md")).unwrap();
    let (_, section) = page.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("{heading}"));
    let (_, block) = section.split_once("\n```").unwrap();
    let (_, block) = block.split_once('\n').unwrap();
    block.split_once("\n```").unwrap().0.to_owned()
}

/// Runs the commands under a heading in a folder, as the user that runs PostgreSQL.
fn follow(heading: &str, folder: &Path, variables: &[(&str, &str)]) {
    let mut shell = Command::new("sh");
    shell.args(["-eu", "-c", &documented(heading)]).current_dir(folder).envs(variables.iter().copied());
    let path = format!("{}:{}", bin().display(), std::env::var("PATH").unwrap());
    succeed(as_postgres(&mut shell).env("PATH", path));
}

fn served(folder: &Path, database: &str) -> Server {
    Server::start(folder, &["--database-url", database])
}

/// Asserts that the restored database holds exactly the changes acknowledged to this traffic.
async fn equals(restored: &str, expected: &Traffic) {
    let folder = tempfile::tempdir().unwrap();
    let server = served(folder.path(), restored);
    expected.move_to(&server.url);
    expected.settle(restored).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dump_under_load_is_consistent_and_can_be_served() {
    let (database, folder) = (support::postgres().await, tempfile::tempdir().unwrap());
    give_away(folder.path());
    let home = tempfile::tempdir().unwrap();
    let server = served(home.path(), &database.url);
    let traffic = Traffic::new(home.path(), &server.url, &database.url, false).await;
    let clients = traffic.begin(4);
    sleep(Duration::from_secs(2)).await;
    let before = traffic.ledger.people();
    let (url, path) = (database.url.clone(), folder.path().to_owned());
    tokio::task::spawn_blocking(move || follow("## Backup", &path, &[("DATABASE_URL", &url)])).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    traffic.finish(clients).await;
    let after = traffic.ledger.people();

    let admin = std::env::var("ROLLCALL_TEST_POSTGRES").unwrap();
    let restored = format!("{}_restored", database.url);
    follow("## Restore", folder.path(), &[("ADMIN_URL", &admin), ("RESTORED_URL", &restored)]);
    let server = served(home.path(), &restored);
    traffic.move_to(&server.url);
    let there = traffic.histories().await;
    assert_is_a_moment(&before, &there, &after);
}

/// A restored database is a consistent moment: it holds everything acknowledged before, and each person's history is a
/// prefix of the later one.
fn assert_is_a_moment(before: &People, there: &People, after: &People) {
    assert!(before.len() > 10 && there.len() <= after.len());
    for (id, done) in before {
        assert!(there.get(id).is_some_and(|there| there.starts_with(done)), "{id}: {done:?}");
    }
    for (id, done) in there {
        assert!(after.get(id).is_some_and(|after| after.starts_with(done)), "{id}: {done:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn point_in_time_recovery_restores_the_moment_before_an_accident() {
    let (archive, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    give_away(archive.path());
    let archive = archive.path().to_str().unwrap();
    let database = PostgresServer::new(&documented("## Back to a point in time").replace("$ARCHIVE", archive));
    let url = database.url();
    let server = served(home.path(), &url);
    let traffic = Traffic::new(home.path(), &server.url, &url, false).await;
    let clients = traffic.begin(3);
    let base = database.folder.path().join("base");
    let base = base.to_str().unwrap();
    let variables = [("DATABASE_URL", url.as_str()), ("BASE", base)];
    follow("### Base backup", database.folder.path(), &variables);
    sleep(Duration::from_secs(2)).await;
    traffic.finish(clients).await;

    let mut connection = database.connect().await.unwrap();
    let moment: String = sqlx::query_scalar("select clock_timestamp()::text").fetch_one(&mut connection).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    database.run("delete from events; delete from users").await;
    database.run("select pg_switch_wal()").await;
    archived(&database).await;

    let recovered = PostgresServer::of(|data| {
        let recovered = data.to_str().unwrap();
        let variables = [("BASE", base), ("ARCHIVE", archive), ("TIME", &moment), ("RECOVERED", recovered)];
        fs::create_dir(data).unwrap();
        give_away(data);
        follow("### Recovery", data.parent().unwrap(), &variables);
        fs::set_permissions(data, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    });
    recovered.start();
    until(async || says(&recovered, "select not pg_is_in_recovery()").await).await;
    equals(&recovered.url(), &traffic).await;
}

/// Waits until all WAL written so far has been archived.
async fn archived(database: &PostgresServer) {
    let all = "select last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 16777216) from pg_stat_archiver";
    until(async || says(database, all).await).await;
}

async fn says(database: &PostgresServer, question: &'static str) -> bool {
    let Ok(mut connection) = database.connect().await else { return false };
    sqlx::query_scalar::<_, Option<bool>>(question).fetch_one(&mut connection).await.unwrap().unwrap_or_default()
}

async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < Duration::from_mins(1));
        sleep(Duration::from_millis(100)).await;
    }
}
