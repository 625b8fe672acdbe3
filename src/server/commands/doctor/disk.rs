//! Checks of the file of a SQLite database and of its disk.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use rustix::fs::{Access, access, statvfs};

use super::finding::Finding;

const MIB: u64 = 1024 * 1024;
/// With less free space, writes are about to fail.
const MIN_FREE: u64 = 100 * MIB;
/// The size from which the write-ahead log is suspicious: Rollcall truncates it to 64 MiB when it can.
const LARGE_LOG: u64 = 256 * MIB;

/// Checks the file, and returns whether it exists.
pub fn check(file: &Path) -> (Vec<Finding>, bool) {
    let shown = file.display();
    let folder = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        let found = format!("the folder {} of {shown} does not exist", folder.display());
        return (vec![Finding::fail("database", found, "create the folder, or correct --database-url")], false);
    }
    let mut findings = Vec::new();
    if !file.exists() {
        let fix = "run `rollcall migrate` or start the server to create it; if it should exist, correct --database-url";
        findings.push(Finding::warn("database", format!("the file {shown} does not exist yet"), fix));
    }
    findings.extend(unwritable(file, folder));
    findings.extend(space(folder));
    if file.exists() {
        findings.extend(log(file));
        findings.push(open_by(file));
    }
    (findings, file.exists())
}

/// SQLite must be able to write the file, and its log in the same folder.
fn unwritable(file: &Path, folder: &Path) -> Option<Finding> {
    let path = [folder, file].into_iter().find(|path| path.exists() && access(*path, Access::WRITE_OK).is_err())?;
    let found = format!("this account cannot write {}", path.display());
    let fix = "run doctor as the account that runs Rollcall; make the folder writable for that account (chown, or mount options)";
    Some(Finding::fail("disk", found, fix))
}

fn space(folder: &Path) -> Option<Finding> {
    let disk = statvfs(folder).ok()?;
    let (free, all) = (disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize);
    let found = format!("{} MiB of {} MiB are free at {}", free / MIB, all / MIB, folder.display());
    let fix = "free some space: old backups, logs; lower --audit-days";
    Some(match free {
        free if free < MIN_FREE => Finding::fail("disk", found, fix),
        free if free < all / 10 => Finding::warn("disk", found, fix),
        _ => Finding::ok("disk", found),
    })
}

fn log(file: &Path) -> Option<Finding> {
    let bytes = fs::metadata(with_suffix(file, "-wal")).ok()?.len();
    let found = format!("the write-ahead log has grown to {} MiB", bytes.div_ceil(MIB));
    let fix = "a long-running reader keeps it from being truncated: an export, a backup, or an open sqlite3 shell";
    Some(if bytes > LARGE_LOG { Finding::warn("log", found, fix) } else { Finding::ok("log", found) })
}

/// Checks for other processes: each shares a lock on the file `.lock` while it has the database open.
fn open_by(file: &Path) -> Finding {
    let lock = File::open(with_suffix(file, ".lock"));
    match lock.map(|lock| lock.try_lock()) {
        Ok(Err(TryLockError::WouldBlock)) => Finding::ok("lock", "a rollcall process has the database open"),
        _ if with_suffix(file, "-wal").exists() => Finding::warn(
            "lock",
            "no process has the database open, but the last one did not close it",
            "nothing is lost: the next start applies the log; never delete the log",
        ),
        _ => Finding::ok("lock", "no process has the database open"),
    }
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
