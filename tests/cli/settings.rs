use std::path::Path;

use sqlx::{Connection, PgConnection};

use super::{outcome, rollcall, run};
use crate::support;

#[test]
fn an_invalid_setting_fails_the_start_with_one_line_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, named) in [
        (&["--listen", "here"][..], "--listen"),
        (&["serve", "--anonymous", "all"], "--anonymous <ACCESS>' [possible values: none, read]"),
        (&["--database-url", "mysql://x"], "must begin with sqlite: or postgres:"),
        (&["--database-url", "sqlite::memory:"], "must name a file"),
        (&["--cors-domain", "https://mycompany.com"], "must be a domain without scheme or port"),
        (&["--log-format", "xml"], "--log-format"),
        (&["seed", "--count", "0"], "--count"),
        (&["--rate-limit", "0"], "--rate-limit <REQUESTS>': 0 is not in 1..=1000000"),
        (&["--rate-limit", "1000001"], "--rate-limit"),
        (&["--redis-url", "http://localhost"], "must be a Redis URL"),
        (&["--trash-days", "0"], "--trash-days <DAYS>': 0 is not in 1..=36500"),
        (&["--trash-days", "36501"], "--trash-days"),
        (&["--max-connections", "0"], "--max-connections <CONNECTIONS>': 0 is not in 1..=1000000"),
        (&["--max-in-flight", "many"], "--max-in-flight"),
        (&["--idle-timeout", "0"], "--idle-timeout <SECONDS>': 0 is not in 1..=86400"),
        (&["--shutdown-delay", "3601"], "--shutdown-delay <SECONDS>': 3601 is not in 0..=3600"),
        (&["healthcheck", "--url", "http://"], "--url"),
        (&["--database-connections", "1"], "--database-connections <COUNT>': must be a whole number from 2 to 1000"),
        (&["--sqlite-synchronous", "off"], "--sqlite-synchronous <LEVEL>' [possible values: full, normal]"),
        (&["dance"], "dance"),
        (&["--dance"], "--dance"),
    ] {
        let (code, out, err) = run(folder.path(), arguments);
        assert_eq!((code, out.as_str(), err.lines().count()), (2, "", 1), "{arguments:?}: {err}");
        assert!(err.starts_with("rollcall: ") && err.contains(named), "{arguments:?}: {err}");
    }
    let (code, _, err) =
        outcome(rollcall(folder.path(), &["migrate"]).env("DATABASE_URL", "mysql://hunter2").output().unwrap());
    assert_eq!((code, err.contains("--database-url"), err.contains("hunter2")), (2, true, false), "{err}");
    let (code, _, err) = outcome(rollcall(folder.path(), &["migrate"]).env("RUST_LOG", "a=b=c").output().unwrap());
    assert_eq!((code, err.lines().count(), err.contains("RUST_LOG=a=b=c")), (1, 1, true), "{err}");
}

#[test]
fn a_database_that_cannot_be_opened_is_reported_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    for (url, expected) in
        [("sqlite://no/such/folder/rollcall.db", 1), ("postgres://someone:hunter2@127.0.0.1:1/nobody", 6)]
    {
        let (code, _, err) = run(folder.path(), &["migrate", "--database-url", url]);
        assert_eq!((code, err.lines().count()), (expected, 1), "{err}");
        assert!(err.starts_with("rollcall: cannot open") && !err.contains("hunter2"), "{err}");
    }
}

#[test]
fn migrate_creates_the_database_and_flags_may_precede_or_follow_the_command() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [["--database-url", "sqlite://a.db", "migrate"], ["migrate", "--database-url", "sqlite://b.db"]] {
        let (code, out, err) = run(folder.path(), &arguments);
        assert_eq!((code, out.as_str(), err.as_str()), (0, "The schema is up to date.\n", ""));
    }
    assert!(folder.path().join("a.db").exists() && folder.path().join("b.db").exists());
}

#[test]
fn help_lists_every_setting_with_its_variable_but_not_the_database_url() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = rollcall(folder.path(), &["--help"]);
    let (code, out, _) = outcome(command.env("DATABASE_URL", "postgres://someone:hunter2@db/x").output().unwrap());
    assert_eq!(code, 0);
    for variable in [
        "DATABASE_URL",
        "REDIS_URL",
        "ROLLCALL_LISTEN",
        "ROLLCALL_ANONYMOUS",
        "ROLLCALL_CORS_DOMAIN",
        "ROLLCALL_LOG_FORMAT",
        "ROLLCALL_IDLE_TIMEOUT",
        "ROLLCALL_MAX_CONNECTIONS",
        "ROLLCALL_MAX_IN_FLIGHT",
        "ROLLCALL_MAX_STREAMS",
        "ROLLCALL_RATE_LIMIT",
        "ROLLCALL_SHUTDOWN_DELAY",
        "ROLLCALL_SQLITE_SYNCHRONOUS",
        "ROLLCALL_TRASH_DAYS",
    ] {
        assert!(out.contains(variable), "{variable}");
    }
    assert!(!out.contains("hunter2"));
}

#[test]
fn the_version_has_the_commit_and_the_build_profile() {
    let folder = tempfile::tempdir().unwrap();
    // The Makefile sets it for the build and for the tests alike.
    let commit = std::env::var("ROLLCALL_COMMIT").ok().filter(|commit| !commit.is_empty());
    let profile = Path::new(env!("CARGO_BIN_EXE_rollcall")).parent().and_then(Path::file_name).unwrap().display();
    let expected =
        format!("rollcall {} ({}, {profile})\n", env!("CARGO_PKG_VERSION"), commit.as_deref().unwrap_or("unknown"));
    assert_eq!(run(folder.path(), &["--version"]), (0, expected, String::new()));
}

#[test]
fn after_a_command_the_database_is_a_single_file() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    run(folder.path(), &["seed", "--count", "10"]);
    std::fs::copy(folder.path().join("rollcall.db"), copy.path().join("rollcall.db")).unwrap();
    let (_, out, _) = run(copy.path(), &["seed", "--count", "10"]);
    assert_eq!(out, "Seeded people: 0 created, 10 unchanged\n");
}

/// pg_trgm splits search terms by the database's character type (LC_CTYPE).
#[tokio::test]
async fn a_postgresql_without_a_unicode_locale_fails_the_start() {
    let database = support::postgres().await;
    let mut connection = PgConnection::connect(&database.url).await.unwrap();
    let name = format!("without_letters_{}", std::process::id());
    let create = format!("create database {name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'");
    sqlx::query(sqlx::AssertSqlSafe(create)).execute(&mut connection).await.unwrap();
    let url = format!("{}/{name}", database.url.rsplit_once('/').unwrap().0);
    let folder = tempfile::tempdir().unwrap();
    let (code, _, err) = run(folder.path(), &["migrate", "--database-url", &url]);
    assert_eq!((code, err.lines().count()), (1, 1), "{err}");
    assert!(err.contains("has the character type C") && err.contains("lc_ctype 'C.UTF-8'"), "{err}");
}
