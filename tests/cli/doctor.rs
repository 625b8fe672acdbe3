//! `rollcall doctor`: passing and failing checks, and no side effects.

use std::{collections::BTreeMap, fs, path::Path};

use rollcall::domain::Action;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use super::{LAUREATES, outcome, rollcall, run, server::Server};
use crate::support::{self, redis::OwnRedis};

/// Returns the exit code, and each check with its worst status and all of its findings.
fn doctor(folder: &Path, arguments: &[&str]) -> (i32, BTreeMap<String, (String, String)>) {
    let (code, out, err) = run(folder, &[&["doctor", "--json"], arguments].concat());
    let report: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
    let mut checks = BTreeMap::<String, (String, String)>::new();
    for check in report["checks"].as_array().unwrap() {
        let text = |field: &str| check[field].as_str().unwrap_or_default().to_owned();
        let found_text = format!("{}\n{}\n", text("found"), text("mend"));
        assert_eq!(text("mend").is_empty(), text("status") == "ok", "{check}");
        let seen = checks.entry(text("check")).or_default();
        let order = |status: &str| ["", "ok", "warn", "fail"].iter().position(|known| *known == status);
        if order(&text("status")) > order(&seen.0) {
            seen.0 = text("status");
        }
        seen.1 += &found_text;
    }
    (code, checks)
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut files: Vec<_> =
        entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect();
    files.sort();
    files
}

#[test]
fn a_missing_database_is_reported_and_not_created() {
    let folder = tempfile::tempdir().unwrap();
    let (_, checks) = doctor(folder.path(), &[]);
    let (status, found_text) = &checks["database"];
    assert_eq!(
        (status.as_str(), found_text.contains("rollcall.db") && found_text.contains("rollcall migrate")),
        ("warn", true),
        "{found_text}"
    );
    assert_eq!(files(folder.path()), []);
    let (code, checks) = doctor(folder.path(), &["--database-url", "sqlite://no/such/rollcall.db"]);
    assert_eq!((code, checks["database"].0.as_str()), (1, "fail"));
}

#[test]
fn a_healthy_sqlite_database_passes_and_is_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["import", LAUREATES]);
    let before = files(folder.path());
    let (_, checks) = doctor(folder.path(), &["--listen", "127.0.0.1:0"]);
    for check in ["settings", "address", "server", "database", "schema", "lock", "clock", "redis"] {
        assert_eq!(checks[check].0, "ok", "{check}: {}", checks[check].1);
    }
    assert_eq!(files(folder.path()), before);
}

#[test]
fn a_running_server_is_detected() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    let (code, checks) = doctor(folder.path(), &["--listen", server.address()]);
    assert_eq!(code, 0, "{checks:#?}");
    assert!(checks["server"].1.contains("is ready"), "{}", checks["server"].1);
    assert!(checks["lock"].1.contains("has the database open"), "{}", checks["lock"].1);
    assert_eq!((checks["schema"].0.as_str(), checks["clock"].0.as_str()), ("ok", "ok"));
}

#[test]
fn a_corrupt_file_and_a_foreign_database_fail() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rollcall.db"), "this is a text, and no database of any kind".repeat(100)).unwrap();
    let (code, checks) = doctor(folder.path(), &[]);
    assert_eq!((code, checks["database"].0.as_str()), (1, "fail"), "{checks:#?}");

    run(folder.path(), &["import", LAUREATES, "--database-url", "sqlite://damaged.db"]);
    let path = folder.path().join("damaged.db");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 3 * 4096].fill(0x55);
    fs::write(&path, bytes).unwrap();
    let (code, checks) = doctor(folder.path(), &["--database-url", "sqlite://damaged.db"]);
    let (status, found_text) = &checks["database"];
    assert_eq!((code, status.as_str(), found_text.contains("rollcall restore")), (1, "fail", true), "{found_text}");
}

#[tokio::test]
async fn a_healthy_postgresql_database_passes_and_is_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let url = support::empty_postgres().await;
    let database = ["--database-url", url.as_str()];
    let (code, checks) = doctor(folder.path(), &database);
    assert_eq!((code, checks["schema"].0.as_str()), (0, "warn"), "{checks:#?}");
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let tables: i64 = sqlx::query_scalar("select count(*) from pg_tables where schemaname = 'public'")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(tables, 0);
    run(folder.path(), &["migrate", "--database-url", &url]);
    let (code, checks) = doctor(folder.path(), &database);
    assert_eq!(code, 0, "{checks:#?}");
    for check in ["database", "schema", "clock"] {
        assert_eq!(checks[check].0, "ok", "{check}: {}", checks[check].1);
    }
    assert!(checks["database"].1.contains("PostgreSQL 1"), "{}", checks["database"].1);
    let (code, checks) = doctor(folder.path(), &[&database[..], &["--database-connections", "1000"]].concat());
    assert_eq!((code, checks["connections"].0.as_str()), (0, "warn"), "{checks:#?}");
}

#[test]
fn an_unreachable_service_is_reported_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let (database, redis) = ("postgres://someone:hunter2@127.0.0.1:1/nobody", "redis://:hunter2@127.0.0.1:1");
    let (code, checks) = doctor(folder.path(), &["--database-url", database, "--redis-url", redis]);
    assert_eq!((code, checks["database"].0.as_str(), checks["redis"].0.as_str()), (1, "fail", "warn"));
    assert!(!format!("{checks:?}").contains("hunter2"), "{checks:?}");
    let own = OwnRedis::start();
    let (_, checks) = doctor(folder.path(), &["--redis-url", &own.url()]);
    assert_eq!(checks["redis"], ("ok".to_owned(), "responds\n\n".to_owned()));
}

#[test]
fn older_and_newer_schemas_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["migrate"]);
    for (change, status) in [
        (
            "update _sqlx_migrations set version = version + 1000 where version = (select max(version) from _sqlx_migrations)",
            "fail",
        ),
        ("delete from _sqlx_migrations where version > 8", "warn"),
    ] {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let path = format!("sqlite://{}", folder.path().join("rollcall.db").display());
        runtime.block_on(async {
            let mut connection = sqlx::SqliteConnection::connect(&path).await.unwrap();
            sqlx::query(sqlx::AssertSqlSafe(change)).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        });
        let (_, checks) = doctor(folder.path(), &[]);
        assert_eq!(checks["schema"].0, status, "{}", checks["schema"].1);
    }
}

#[test]
fn a_clock_behind_the_latest_event_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["users", "create", "--name", "Ada", "--email", "ada@example.org"]);
    let mut command = std::process::Command::new("faketime");
    command.current_dir(folder.path()).env_remove("DATABASE_URL");
    command.args(["-f", "-1d", env!("CARGO_BIN_EXE_rollcall"), "doctor"]);
    let (_, out, err) = outcome(command.output().unwrap());
    let found_text =
        out.lines().skip_while(|line| !line.starts_with("warn clock")).take(2).collect::<Vec<_>>().join("\n");
    assert!(found_text.contains("before the latest event") && found_text.contains("NTP"), "{out}{err}");
}

#[test]
fn all_invalid_environment_variables_are_reported_together() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = rollcall(folder.path(), &["doctor"]);
    command.envs([("ROLLCALL_LISTEN", "nowhere"), ("ROLLCALL_AUDIT_DAYS", "0"), ("RUST_LOG", "a=b=c")]);
    let (code, out, err) = outcome(command.env("DATABASE_URL", "mysql://a:hunter2@b").output().unwrap());
    assert_eq!((code, err.as_str(), out.contains("hunter2")), (1, "", false), "{out}");
    let wrong: Vec<&str> = out.lines().filter(|line| line.starts_with("fail settings")).collect();
    for named in ["--listen", "--audit-days", "--database-url", "RUST_LOG"] {
        assert_eq!(wrong.iter().filter(|line| line.contains(named)).count(), 1, "{named}: {out}");
    }
    assert!(out.contains("     correct ROLLCALL_LISTEN") && out.contains("server") && !out.contains('\u{1b}'), "{out}");
    let (code, out, err) = run(folder.path(), &["doctor", "--listen", "nowhere"]);
    assert_eq!((code, out.as_str(), err.contains("--listen")), (2, "", true), "{err}");
}

#[test]
fn settings_are_listed_without_their_values() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = rollcall(folder.path(), &["doctor", "--anonymous", "read"]);
    let (_, out, _) = outcome(command.env("REDIS_URL", "redis://:hunter2@127.0.0.1:1").output().unwrap());
    let settings = out.lines().find(|line| line.contains("settings")).unwrap();
    assert!(settings.contains("set by REDIS_URL, --anonymous"), "{settings}");
    assert!(!out.contains("hunter2"), "{out}");
}

#[test]
fn an_address_without_secure_sign_in_fails() {
    let folder = tempfile::tempdir().unwrap();
    let (code, checks) = doctor(folder.path(), &["--public-url", "http://people.mycompany.com"]);
    assert_eq!((code, checks["address"].0.as_str()), (1, "fail"));
    let (_, checks) = doctor(folder.path(), &["--public-url", "https://people.mycompany.com"]);
    assert_eq!((checks["address"].0.as_str(), checks["proxy"].0.as_str()), ("ok", "warn"));
    let (_, checks) = doctor(folder.path(), &["--max-connections", "1000000"]);
    assert!(checks.contains_key("files"));
}

#[tokio::test]
async fn colliding_addresses_and_outdated_users_are_reported() {
    for database in [support::sqlite().await, support::postgres().await] {
        let folder = tempfile::tempdir().unwrap();
        let url = ["--database-url", &database.url];
        let create = async |n, email| {
            let event = support::event(Action::UserCreated, Some(support::id(n)));
            let record = support::record(n, "Ada", email, "2026-01-01T00:00:00Z");
            support::create_user(&*database.store, &record, &event).await.unwrap();
        };
        create(1, "u1@bücher.example").await;
        assert_eq!(doctor(folder.path(), &url).1["folding"].0, "ok");

        let earlier = "set folding = 1, email_key = email";
        if database.url.starts_with("sqlite") {
            let mut connection = SqliteConnection::connect(&database.url).await.unwrap();
            let statement = format!("update users {earlier}");
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = PgConnection::connect(&database.url).await.unwrap();
            let statement = format!("update public.users {earlier}");
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        }
        let (_, checks) = doctor(folder.path(), &url);
        assert_eq!(checks["folding"].0, "warn");
        assert!(checks["folding"].1.contains("1 user still has"), "{}", checks["folding"].1);

        create(2, "u1@xn--bcher-kva.example").await;
        let (_, checks) = doctor(folder.path(), &url);
        let (one, other) = (support::id(1), support::id(2));
        let expected =
            format!("u1@bücher.example ({one}) and u1@xn--bcher-kva.example ({other}) are the same address\n");
        assert!(checks["folding"].1.starts_with(&expected), "{}", checks["folding"].1);
    }
}
