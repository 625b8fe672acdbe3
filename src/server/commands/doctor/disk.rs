//! The file of a SQLite database, and where it lies.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use rustix::fs::{Access, access, statvfs};

use super::finding::Finding;

const MIB: u64 = 1024 * 1024;
/// Where less is free, hardly anything can be written any more.
const LITTLE: u64 = 100 * MIB;
/// Rollcall cuts the log to 64 MiB when it can.
const LONG_LOG: u64 = 256 * MIB;

/// What there is to say of the file, and whether it is there.
pub fn look(file: &Path) -> (Vec<Finding>, bool) {
    let shown = file.display();
    let folder = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        let found = format!("there is no folder {} for {shown}", folder.display());
        return (vec![Finding::fail("database", found, "make the folder, or correct --database-url")], false);
    }
    let mut findings = Vec::new();
    if !file.exists() {
        let mend = "`rollcall migrate` or the first start makes it; if there should be one, correct --database-url";
        findings.push(Finding::warn("database", format!("there is no file {shown} yet"), mend));
    }
    findings.extend(unwritable(file, folder));
    findings.extend(space(folder));
    if file.exists() {
        findings.extend(log(file));
        findings.push(users(file));
    }
    (findings, file.exists())
}

/// SQLite writes the file, and beside it its log.
fn unwritable(file: &Path, folder: &Path) -> Option<Finding> {
    let place = [folder, file].into_iter().find(|place| place.exists() && access(*place, Access::WRITE_OK).is_err())?;
    let found = format!("{} cannot be written by this account", place.display());
    let mend = "run this as the account that Rollcall runs as; else give that one the folder (chown), or mount it to be written";
    Some(Finding::fail("disk", found, mend))
}

fn space(folder: &Path) -> Option<Finding> {
    let disk = statvfs(folder).ok()?;
    let (free, all) = (disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize);
    let found = format!("{} MiB of {} MiB are free at {}", free / MIB, all / MIB, folder.display());
    let mend = "make room: old backups, logs; --audit-days";
    Some(match free {
        free if free < LITTLE => Finding::fail("disk", found, mend),
        free if free < all / 10 => Finding::warn("disk", found, mend),
        _ => Finding::ok("disk", found),
    })
}

fn log(file: &Path) -> Option<Finding> {
    let bytes = fs::metadata(beside(file, "-wal")).ok()?.len();
    let found = format!("the write-ahead log has {} MiB", bytes.div_ceil(MIB));
    let mend = "something reads for very long and keeps it: an export or a backup, or a sqlite3 left open";
    Some(if bytes > LONG_LOG { Finding::warn("log", found, mend) } else { Finding::ok("log", found) })
}

/// Who has it open shares the lock of the file beside it.
fn users(file: &Path) -> Finding {
    let lock = File::open(beside(file, ".lock"));
    match lock.map(|lock| lock.try_lock()) {
        Ok(Err(TryLockError::WouldBlock)) => Finding::ok("lock", "a rollcall has the database open"),
        _ if beside(file, "-wal").exists() => Finding::warn(
            "lock",
            "nothing has the database open, but its last user did not close it",
            "nothing is lost: the next start takes in what the log holds; never remove the log",
        ),
        _ => Finding::ok("lock", "nothing has the database open"),
    }
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
