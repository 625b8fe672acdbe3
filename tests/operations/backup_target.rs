//! The files that a backup must not replace.

use std::{
    fs,
    os::unix::{
        fs::{FileTypeExt, MetadataExt, symlink},
        net::UnixListener,
    },
};

use super::backup::names;
use crate::cli::{LAUREATES, run, server::Server};

#[test]
fn only_a_regular_file_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    run(folder.path(), &["migrate"]);
    run(folder.path(), &["backup", "old.db"]);
    fs::create_dir(path("folder")).unwrap();
    symlink("old.db", path("link")).unwrap();
    symlink("missing.db", path("dangling")).unwrap();
    let _socket = UnixListener::bind(path("socket")).unwrap();
    let before = names(folder.path());
    for name in ["folder", "link", "dangling", "socket"] {
        for arguments in [&["backup", name, "--overwrite"][..], &["backup", name]] {
            let (code, out, err) = run(folder.path(), arguments);
            let expected = format!("rollcall: {name} exists and is not a regular file\n");
            assert_eq!((code, out.as_str(), err), (1, "", expected), "{arguments:?}");
        }
    }
    assert_eq!(names(folder.path()), before);
    assert!(fs::symlink_metadata(path("socket")).unwrap().file_type().is_socket());
    assert!(path("folder").is_dir() && path("link").is_symlink() && path("dangling").is_symlink());
    assert_eq!(run(folder.path(), &["backup", "old.db", "--overwrite"]).0, 0);
}

#[tokio::test]
async fn the_files_of_a_live_database_are_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("rollcall.db", "the database itself"),
        ("rollcall.db-wal", "the write-ahead log of the database"),
        ("rollcall.db-shm", "the shared memory of the database"),
        ("rollcall.db.lock", "the lock file of the database"),
        ("rollcall.db-journal", "the journal of the database"),
    ];
    run(folder.path(), &["import", LAUREATES]);
    symlink(".", folder.path().join("here")).unwrap();
    symlink("rollcall.db", folder.path().join("alias.db")).unwrap();
    let refuse_all = || {
        for (name, role) in files {
            for file in [name.to_owned(), format!("here/{name}"), folder.path().join(name).display().to_string()] {
                for url in ["sqlite://rollcall.db", "sqlite://alias.db"] {
                    let (code, _, err) = run(folder.path(), &["backup", &file, "--overwrite", "--database-url", url]);
                    assert_eq!((code, err), (1, format!("rollcall: {file} is {role}\n")), "{url}");
                }
            }
        }
    };
    refuse_all();
    assert!(!folder.path().join("rollcall.db-wal").exists());

    let server = Server::start(folder.path(), &["--anonymous", "read"]);
    let inodes = || files.map(|(name, _)| fs::metadata(folder.path().join(name)).ok().map(|file| file.ino()));
    let before = inodes();
    assert!(before[..4].iter().all(Option::is_some), "{before:?}");
    refuse_all();
    assert_eq!(inodes(), before);
    assert_eq!(server.get("/api/v1/users?q=rontgen").await.0, 200);
}
