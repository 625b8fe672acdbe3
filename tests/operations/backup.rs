use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sqlx::{FromRow, types::Uuid};

use super::{
    directory::{Directory, connect, count, is_whole},
    shim::Shim,
};
use crate::{
    cli::{LAUREATES, run, server::Server},
    support,
};

/// An acknowledged change: when it was requested and acknowledged, and the person and action as recorded in the audit
/// trail.
struct Change {
    begun: Instant,
    done: Instant,
    what: (Uuid, String),
}

/// Creates, renames and deletes people until it is stopped.
async fn write_on(
    directory: Arc<Directory>,
    server: Arc<Server>,
    writer: usize,
    stop: Arc<AtomicBool>,
    count: Arc<AtomicUsize>,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for n in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let begun = Instant::now();
        let (status, id) = directory.create(&server, &format!("writer{writer}n{n}")).await;
        assert_eq!(status, 201);
        changes.push(Change { begun, done: Instant::now(), what: (id.parse().unwrap(), "user.created".to_owned()) });
        let path = format!("/api/v1/users/{id}");
        let name = json!({"name": format!("Renamed {writer} {n}")});
        for (method, body, expected, action) in
            [("PATCH", name, 200, "user.updated"), ("DELETE", Value::Null, 204, "user.deleted")].into_iter().take(n % 3)
        {
            let begun = Instant::now();
            assert_eq!(directory.send(&server, method, &path, body).await.status, expected);
            changes.push(Change { begun, done: Instant::now(), what: (id.parse().unwrap(), action.to_owned()) });
        }
        count.fetch_add(1, Ordering::Relaxed);
    }
    changes
}

#[derive(Debug, PartialEq, FromRow)]
struct Event {
    seq: i64,
    at: i64,
    action: String,
    user_id: Option<Uuid>,
    changes: String,
}

async fn events(file: &Path) -> Vec<Event> {
    let events = "select seq, at, action, user_id, changes from events order by seq";
    sqlx::query_as(events).fetch_all(&mut connect(file).await).await.unwrap()
}

/// The people in a database match the audit trail of the same database.
async fn assert_people_match_trail(file: &Path) {
    let mut from_trail = BTreeMap::<Uuid, (i64, bool, bool)>::new();
    for event in events(file).await {
        let Some(user) = event.user_id else { continue };
        let person = from_trail.entry(user).or_default();
        person.0 += 1;
        person.1 |= event.action == "user.updated";
        person.2 |= event.action == "user.deleted";
    }
    let people = "select id, version, name like 'Renamed %', deleted_at is not null from users";
    let people: Vec<(Uuid, i64, bool, bool)> =
        sqlx::query_as(people).fetch_all(&mut connect(file).await).await.unwrap();
    let people = people.into_iter().map(|(id, version, renamed, deleted)| (id, (version, renamed, deleted)));
    assert_eq!(people.collect::<BTreeMap<_, _>>(), from_trail);
}

async fn wait_for(count: &AtomicUsize, more: usize) {
    let until = count.load(Ordering::Relaxed) + more;
    while count.load(Ordering::Relaxed) < until {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A backup is consistent: it holds every change acknowledged before it began, none requested after it ended, and of
/// those in between a prefix of the audit trail.
async fn assert_consistent(source: &Path, copy: &Path, changes: &[Change], began: Instant, ended: Instant) {
    let (source, copied) = (events(source).await, events(copy).await);
    assert!(copied.len() < source.len(), "it went on afterwards");
    assert_eq!(copied[..], source[..copied.len()], "a beginning of the trail");
    let copied: BTreeSet<_> = copied.into_iter().filter_map(|event| Some((event.user_id?, event.action))).collect();
    let (before, after) =
        (changes.iter().filter(|change| change.done < began), changes.iter().filter(|change| change.begun > ended));
    let (before, after) = (before.collect::<Vec<_>>(), after.collect::<Vec<_>>());
    assert!(!before.is_empty() && !after.is_empty());
    assert!(before.iter().all(|change| copied.contains(&change.what)), "all that was acknowledged before");
    assert!(!after.iter().any(|change| copied.contains(&change.what)), "nothing that came after");
    assert_people_match_trail(copy).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_write_load_is_a_consistent_snapshot() {
    let (shim, directory) = (Shim::of("none"), Arc::new(Directory::new()));
    let server = Arc::new(directory.start(&[], &shim));
    let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let writers: Vec<_> = (0..4)
        .map(|writer| tokio::spawn(write_on(directory.clone(), server.clone(), writer, stop.clone(), written.clone())))
        .collect();
    wait_for(&written, 40).await;
    let (folder, began) = (directory.path().to_owned(), Instant::now());
    let (code, out, err) = tokio::task::spawn_blocking(move || run(&folder, &["backup", "backup.db"])).await.unwrap();
    let ended = Instant::now();
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    wait_for(&written, 20).await;
    stop.store(true, Ordering::Relaxed);
    let mut changes = Vec::new();
    for writer in writers {
        changes.extend(writer.await.unwrap());
    }

    let elsewhere = tempfile::tempdir().unwrap();
    let (source, backup) = (directory.path().join("rollcall.db"), directory.path().join("backup.db"));
    let (code, out, err) = run(elsewhere.path(), &["restore", backup.to_str().unwrap()]);
    assert_eq!((code, err.as_str()), (0, ""));
    let copy = elsewhere.path().join("rollcall.db");
    let people = count(&copy, "select count(*) from users where deleted_at is null").await;
    assert_eq!(out, format!("Restored {people} people. Everyone has to sign in again.\n"));
    assert!(is_whole(&copy).await);
    assert_consistent(&source, &copy, &changes, began, ended).await;

    let restored = Server::start(elsewhere.path(), &[]);
    let found = directory.send(&restored, "GET", "/api/v1/users?q=renamed&count=exact", Value::Null).await;
    let renamed = count(&copy, "select count(*) from users where deleted_at is null and name like 'Renamed %'").await;
    assert_eq!((found.status, found.header("x-total-count")), (200, renamed.to_string().as_str()));
    assert_eq!(directory.create(&restored, "goes-on").await.0, 201);
}

pub fn names(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn a_backup_reports_its_contents_and_does_not_change_its_source() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["import", LAUREATES]);
    let source = fs::read(folder.path().join("rollcall.db")).unwrap();
    let people = count(&folder.path().join("rollcall.db"), "select count(*) from users").await;
    let (code, out, err) = run(folder.path(), &["backup", "backup.db"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let backup = folder.path().join("backup.db");
    let (about, sha256) = out.trim().split_once("; SHA-256 ").unwrap();
    let bytes = fs::metadata(&backup).unwrap().len();
    assert!(
        about.starts_with(&format!("Backed up {people} people in {bytes} bytes, with all changes before 20")),
        "{out}"
    );
    let sum = std::process::Command::new("sha256sum").arg(&backup).output().unwrap().stdout;
    assert!(String::from_utf8(sum).unwrap().starts_with(sha256), "{out}");
    assert_eq!(fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600, "it holds hashes of passwords");
    assert_eq!(fs::metadata(folder.path().join("rollcall.db")).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read(folder.path().join("rollcall.db")).unwrap(), source);
    assert!(is_whole(&backup).await);
}

#[tokio::test]
async fn a_failed_backup_is_reported_in_one_line_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str], said: &str| {
        let before = names(folder.path());
        let (code, out, err) = run(folder.path(), arguments);
        assert_eq!((code, out.as_str(), err.lines().count()), (1, "", 1), "{arguments:?}: {err}");
        assert!(err.contains(said), "{arguments:?}: {err}");
        assert_eq!(names(folder.path()), before, "{arguments:?}");
    };
    refused(
        &["backup", "backup.db"],
        &format!("there is no database at {}", folder.path().join("rollcall.db").display()),
    );
    run(folder.path(), &["seed", "--count", "2000"]);
    run(folder.path(), &["backup", "backup.db"]);
    refused(&["backup", "backup.db"], "backup.db already exists: use --overwrite to replace it");
    refused(&["backup", "rollcall.db", "--overwrite"], "rollcall.db is the database itself");
    refused(&["backup", "no/such/folder/backup.db"], "cannot write no/such/folder/backup.db");
    let postgres = ["backup", "backup.db", "--database-url", "postgres://someone:hunter2@127.0.0.1:1/nobody"];
    refused(&postgres, "for PostgreSQL use pg_dump, as docs/administration/postgresql.md describes");
    let (code, _, err) = run(folder.path(), &["backup", "backup.db", "--overwrite"]);
    assert_eq!((code, err.as_str()), (0, ""));

    // A damaged database must not overwrite good backups.
    let mut damaged = fs::read(folder.path().join("rollcall.db")).unwrap();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 8_192].fill(0xff);
    fs::write(folder.path().join("rollcall.db"), damaged).unwrap();
    let good = fs::read(folder.path().join("backup.db")).unwrap();
    refused(&["backup", "backup.db", "--overwrite"], "malformed");
    assert_eq!(fs::read(folder.path().join("backup.db")).unwrap(), good);
}

#[tokio::test]
async fn for_postgresql_backup_and_restore_refer_to_its_own_tools() {
    let (folder, database) = (tempfile::tempdir().unwrap(), support::postgres().await);
    for (command, tool) in [("backup", "pg_dump"), ("restore", "pg_restore")] {
        let (code, _, err) = run(folder.path(), &[command, "file", "--database-url", &database.url]);
        assert_eq!((code, err.lines().count(), err.contains(tool)), (1, 1, true), "{err}");
    }
}
