use std::{fs, path::Path};

use sqlx::Connection;

use super::{
    directory::{Directory, connect, count, is_whole},
    shim::Shim,
};
use crate::cli::{LAUREATES, run, server::Server};

const USERS: &str = "select count(*) from users";

/// A folder with a backup of the laureates.
fn backed_up() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["import", LAUREATES]);
    assert_eq!(run(folder.path(), &["backup", "backup.db"]).0, 0);
    folder
}

/// The files of the previous database, which `restore` keeps.
fn kept(folder: &Path) -> Vec<std::path::PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.display().to_string().contains(".before-restore-")).collect()
}

fn assert_refused(folder: &Path, arguments: &[&str], said: &str) {
    let before = fs::read(folder.join("rollcall.db")).ok();
    let (code, out, err) = run(folder, &[&["restore"], arguments].concat());
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    assert!(err.contains(said), "{err}");
    assert_eq!(fs::read(folder.join("rollcall.db")).ok(), before);
    assert!(kept(folder).is_empty());
    let left = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path().display().to_string());
    assert!(!left.into_iter().any(|name| name.ends_with(".partial")));
}

#[tokio::test]
async fn a_restore_replaces_the_database_and_keeps_the_old_one() {
    let folder = backed_up();
    let (file, people) = (folder.path().join("rollcall.db"), count(&folder.path().join("rollcall.db"), USERS).await);
    run(folder.path(), &["seed", "--count", "10"]);
    let (code, out, err) = run(folder.path(), &["restore", "backup.db", "--overwrite"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let kept = kept(folder.path());
    assert!(out.starts_with(&format!("Restored {people} people.")) && kept.len() == 1, "{out}");
    assert!(out.contains("The previous database was kept as rollcall.db.before-restore-20"), "{out}");
    assert_eq!(count(&kept[0], USERS).await, people + 10);
    assert!(is_whole(&file).await && is_whole(&kept[0]).await);
    assert_eq!(count(&file, USERS).await, people);
}

/// A killed server leaves a write-ahead log, which belongs to the old database and must not be applied to the new one.
#[tokio::test]
async fn the_wal_of_a_killed_server_stays_with_its_database() {
    let (shim, directory) = (Shim::of("none"), Directory::new());
    run(directory.path(), &["import", LAUREATES]);
    assert_eq!(run(directory.path(), &["backup", "backup.db"]).0, 0);
    let file = directory.path().join("rollcall.db");
    let people = count(&file, USERS).await;
    let server = directory.start(&[], &shim);
    assert_eq!(directory.create(&server, "late").await.0, 201);
    drop(server);
    assert!(fs::metadata(directory.path().join("rollcall.db-wal")).unwrap().len() > 0);
    let (code, _, err) = run(directory.path(), &["restore", "backup.db", "--overwrite"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(count(&kept(directory.path())[0], USERS).await, people + 1);
    assert_eq!(count(&file, USERS).await, people);
    assert!(is_whole(&file).await);
}

#[tokio::test]
async fn a_database_that_is_in_use_is_not_replaced() {
    let folder = backed_up();
    let server = Server::start(folder.path(), &["--anonymous", "read"]);
    assert_refused(
        folder.path(),
        &["backup.db", "--overwrite"],
        "rollcall.db is in use: first stop the rollcall process",
    );
    assert_eq!(server.get("/api/v1/users").await.0, 200);
    drop(server);
    let mut shell = connect(&folder.path().join("rollcall.db")).await;
    sqlx::query(USERS).fetch_one(&mut shell).await.unwrap();
    assert_refused(
        folder.path(),
        &["backup.db", "--overwrite"],
        "rollcall.db is in use: first stop the program that has it open",
    );
    shell.close().await.unwrap();
    assert_eq!(run(folder.path(), &["restore", "backup.db", "--overwrite"]).0, 0);
}

#[tokio::test]
async fn an_invalid_backup_changes_nothing() {
    let folder = backed_up();
    assert_refused(folder.path(), &["backup.db"], "rollcall.db already contains people: use --overwrite to replace it");
    assert_refused(folder.path(), &["missing.db", "--overwrite"], "cannot copy missing.db");
    assert_refused(folder.path(), &["rollcall.db", "--overwrite"], "rollcall.db is the database itself");
    fs::write(folder.path().join("text"), "Hello.\n".repeat(1_000)).unwrap();
    assert_refused(folder.path(), &["text", "--overwrite"], "text: is not a readable database");
    fs::write(folder.path().join("empty"), "").unwrap();
    assert_refused(folder.path(), &["empty", "--overwrite"], "empty: is not a Rollcall database");
    for (change, said) in [
        ("insert into users_search (users_search) values ('delete-all')", "its search index does not match its users"),
        (
            "update _sqlx_migrations set version = 99 where version = 7",
            "has schema version 99, but this release of Rollcall supports",
        ),
        (
            "pragma foreign_keys = off; insert into accounts values (x'00', 'admin', null, 0)",
            "1 row refers to a row that does not exist",
        ),
    ] {
        fs::copy(folder.path().join("backup.db"), folder.path().join("bad.db")).unwrap();
        let mut bad = connect(&folder.path().join("bad.db")).await;
        sqlx::raw_sql(change).execute(&mut bad).await.unwrap();
        bad.close().await.unwrap();
        assert_refused(folder.path(), &["bad.db", "--overwrite"], said);
    }
    let mut damaged = fs::read(folder.path().join("backup.db")).unwrap();
    let half = damaged.len() / 2;
    damaged[half..half + 4_096].fill(0);
    fs::write(folder.path().join("bad.db"), &damaged).unwrap();
    assert_refused(folder.path(), &["bad.db", "--overwrite"], "bad.db: ");
    damaged.truncate(half);
    fs::write(folder.path().join("bad.db"), damaged).unwrap();
    assert_refused(folder.path(), &["bad.db", "--overwrite"], "bad.db");
}

#[test]
fn a_failed_restore_of_a_missing_database_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let text = elsewhere.path().join("text");
    fs::write(&text, "Hello.\n".repeat(1_000)).unwrap();
    for file in ["missing.db", text.to_str().unwrap()] {
        let (code, _, err) = run(folder.path(), &["restore", file]);
        assert_eq!((code, err.lines().count()), (1, 1), "{err}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{file}");
    }
}

/// A lock file without a database belongs to a process that has a deleted database open.
#[test]
fn a_deleted_database_that_is_in_use_is_not_restored() {
    let folder = backed_up();
    let _server = Server::start(folder.path(), &[]);
    fs::remove_file(folder.path().join("rollcall.db")).unwrap();
    assert_refused(folder.path(), &["backup.db"], "rollcall.db is in use: first stop the rollcall process");
}

/// `restore` must work with an unreadable database, the main reason to restore.
#[tokio::test]
async fn a_corrupt_database_is_replaced_and_kept_too() {
    let folder = backed_up();
    let file = folder.path().join("rollcall.db");
    let people = count(&file, USERS).await;
    fs::write(&file, "no database at all, and long enough to be told from one".repeat(100)).unwrap();
    assert_refused(folder.path(), &["backup.db"], "rollcall.db already contains people");
    let (code, out, err) = run(folder.path(), &["restore", "backup.db", "--overwrite"]);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("The previous database was kept as") && err.contains("cannot be read; it is kept as it is"),
        "{out}{err}"
    );
    assert_eq!(count(&file, USERS).await, people);
    assert!(fs::read_to_string(&kept(folder.path())[0]).unwrap().starts_with("no database at all"));
}

#[tokio::test]
async fn a_killed_restore_leaves_one_complete_database() {
    let folder = backed_up();
    let file = folder.path().join("rollcall.db");
    let people = count(&file, USERS).await;
    for wait in (0..60).step_by(4) {
        run(folder.path(), &["seed", "--count", "10"]);
        let mut restore = std::process::Command::new(env!("CARGO_BIN_EXE_rollcall"))
            .args(["restore", "backup.db", "--overwrite"])
            .current_dir(folder.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(wait)).await;
        let _ = restore.kill();
        restore.wait().unwrap();
        let found = count(&file, USERS).await;
        assert!(found == people || found == people + 10, "{found} after {wait} ms");
        assert!(is_whole(&file).await, "after {wait} ms");
    }
}

/// They may have been ended after the backup was made.
#[tokio::test]
async fn sessions_and_links_of_a_backup_are_not_restored() {
    let folder = backed_up();
    // Each start creates a setup link for the first admin.
    Server::start(folder.path(), &[]).setup_path();
    let (file, links) = (folder.path().join("rollcall.db"), "select count(*) from links");
    assert_eq!(count(&file, links).await, 1);
    assert_eq!(run(folder.path(), &["backup", "later.db"]).0, 0);
    assert_eq!(run(folder.path(), &["restore", "later.db", "--overwrite"]).0, 0);
    assert_eq!((count(&file, links).await, count(&file, "select count(*) from sessions").await), (0, 0));
}
