use std::path::Path;

use sqlx::{Connection, PgConnection};

use super::directory::connect;
use crate::{
    cli::{run, server::Server},
    support,
};

const MIGRATIONS: i64 = 14;
/// The most often that any migration was applied, and the number of migrations.
const APPLIED: &str = "select count(*), count(distinct version) from _sqlx_migrations where success";

async fn ten_start_at_once(folder: &Path, url: &str) {
    let starts = (0..10).map(|n| {
        let (folder, url) = (folder.join(n.to_string()), url.to_owned());
        tokio::task::spawn_blocking(move || {
            std::fs::create_dir(&folder).unwrap();
            Server::start(&folder, &["--anonymous", "read", "--database-url", &url])
        })
    });
    for start in starts.collect::<Vec<_>>() {
        assert_eq!(start.await.unwrap().get("/api/v1/users").await, (200, "[]".to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_servers_start_at_once_on_one_new_sqlite_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rollcall.db");
    ten_start_at_once(folder.path(), &format!("sqlite://{}", file.display())).await;
    let applied: (i64, i64) = sqlx::query_as(APPLIED).fetch_one(&mut connect(&file).await).await.unwrap();
    assert_eq!(applied, (MIGRATIONS, MIGRATIONS));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_servers_start_at_once_on_one_empty_postgresql_database() {
    let (folder, url) = (tempfile::tempdir().unwrap(), support::empty_postgres().await);
    ten_start_at_once(folder.path(), &url).await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let applied: (i64, i64) = sqlx::query_as(APPLIED).fetch_one(&mut connection).await.unwrap();
    assert_eq!(applied, (MIGRATIONS, MIGRATIONS));
}

/// Changes to the schema that must be refused at startup, with the error of each.
const WRONG: [(&str, &str); 3] = [
    (
        "update _sqlx_migrations set checksum = (select checksum from _sqlx_migrations where version = 2) where version = 3",
        "migration 3 is not the one that was applied to it",
    ),
    ("update _sqlx_migrations set success = false where version = 4", "migration 4 was applied to it only partly"),
    (
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
         select version + 90, description, true, checksum, 0 from _sqlx_migrations where version = 6",
        "its schema has version 96, but this release of Rollcall supports versions up to ",
    ),
];

fn assert_refused(folder: &Path, url: &str, said: &str) {
    for command in ["serve", "migrate"] {
        let (code, out, err) = run(folder, &[command, "--listen", "127.0.0.1:0", "--database-url", url]);
        assert_eq!((code, out.as_str(), err.lines().count()), (1, "", 1), "{err}");
        assert!(err.starts_with("rollcall: cannot migrate ") && err.contains(said), "{err}");
    }
}

#[tokio::test]
async fn a_foreign_sqlite_schema_fails_the_start_with_one_line() {
    for (change, said) in WRONG {
        let folder = tempfile::tempdir().unwrap();
        run(folder.path(), &["migrate"]);
        let mut connection = connect(&folder.path().join("rollcall.db")).await;
        sqlx::query(change).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        assert_refused(folder.path(), "sqlite://rollcall.db", said);
    }
}

#[tokio::test]
async fn a_foreign_postgresql_schema_fails_the_start_with_one_line() {
    for (change, said) in WRONG {
        let (folder, database) = (tempfile::tempdir().unwrap(), support::postgres().await);
        let mut connection = PgConnection::connect(&database.url).await.unwrap();
        sqlx::query(change).execute(&mut connection).await.unwrap();
        assert_refused(folder.path(), &database.url, said);
    }
}
