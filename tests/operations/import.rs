//! Crash recovery: the process of an import is killed.

use std::{
    fs,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tokio::time::sleep;

use crate::{
    cli,
    support::{self, Fresh},
};

const PEOPLE: usize = 40_000;
/// Generous, for slow machines.
const PATIENCE: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_a_killed_import_leaves_nothing() {
    killed_import_leaves_nothing(support::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_a_killed_import_leaves_nothing() {
    killed_import_leaves_nothing(support::postgres().await).await;
}

/// The process is killed once while it reads the file, and once within the transaction that applies the import.
async fn killed_import_leaves_nothing(database: Fresh) {
    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<_> = (0..PEOPLE).map(|n| format!("Person {n},p{n}@example.org\n")).collect();
    fs::write(folder.path().join("people.csv"), format!("name,email\n{}", rows.concat())).unwrap();
    let command = ["--database-url", &database.url, "import", "people.csv"];
    for activity in ["checking", "applying"] {
        let mut process = Import(cli::rollcall(folder.path(), &command).stdout(Stdio::null()).spawn().unwrap());
        let begun = Instant::now();
        while !is(&database.url, activity).await {
            assert!(begun.elapsed() < PATIENCE && process.0.try_wait().unwrap().is_none(), "never {activity}");
            sleep(Duration::from_millis(5)).await;
        }
        sleep(Duration::from_millis(150)).await;
        assert!(process.0.try_wait().unwrap().is_none(), "it had ended before it could be killed");
        drop(process);
        assert!(database.store.is_empty().await.unwrap(), "{activity}");
        assert!(database.store.events(&"".parse().unwrap(), false).await.unwrap().is_empty(), "{activity}");
    }
    let (code, out, err) = cli::run(folder.path(), &command);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains(&format!("{PEOPLE} created")), "{out}");
}

/// An import process, killed on drop.
struct Import(Child);

impl Drop for Import {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether the newest import is in this activity.
async fn is(url: &str, activity: &str) -> bool {
    let query = AssertSqlSafe(format!(
        "select count(*) from imports where activity = '{activity}' and seq = (select max(seq) from imports)"
    ));
    let count: i64 = if url.starts_with("sqlite") {
        let mut connection = SqliteConnection::connect(url).await.unwrap();
        sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap()
    } else {
        let mut connection = PgConnection::connect(url).await.unwrap();
        sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap()
    };
    count == 1
}
