//! A SQLite database as a file to put away and to take back. PostgreSQL brings tools of its own.

use std::path::{Path, PathBuf};

use super::DatabaseUrl;
#[cfg(feature = "sqlite")]
use super::sqlite;

/// Copies a SQLite database to a file, as it is at one moment, beside whoever uses it. The copy is
/// verified before it takes its name.
///
/// # Errors
/// When it cannot be copied, or is damaged, or the file is there already; then no file is made.
#[cfg_attr(not(feature = "sqlite"), expect(unused_variables, reason = "only SQLite is copied"))]
pub async fn backup(
    url: &DatabaseUrl,
    file: &Path,
    overwrite: bool,
    progress: OnProgress<'_>,
) -> anyhow::Result<Backup> {
    match url {
        #[cfg(feature = "sqlite")]
        DatabaseUrl::Sqlite(url) => sqlite::backup(url, file, overwrite, progress).await,
        _ => anyhow::bail!("backup copies SQLite files: for PostgreSQL use pg_dump, as docs/operations.md has it"),
    }
}

/// Puts a verified copy of a backup in the place of a SQLite database that nobody uses, which is kept
/// beside it, and brings its schema up to date.
///
/// # Errors
/// When the backup is not good, or the database is in use, or holds people and is not to be
/// overwritten; then nothing was changed.
#[cfg_attr(not(feature = "sqlite"), expect(unused_variables, reason = "only SQLite is copied"))]
pub async fn restore(
    url: &DatabaseUrl,
    file: &Path,
    overwrite: bool,
    progress: OnProgress<'_>,
) -> anyhow::Result<Restored> {
    match url {
        #[cfg(feature = "sqlite")]
        DatabaseUrl::Sqlite(url) => sqlite::restore(url, file, overwrite, progress).await,
        _ => {
            anyhow::bail!("restore puts SQLite files back: for PostgreSQL use pg_restore, as docs/operations.md has it")
        }
    }
}

/// Is told how many bytes of how many are done.
pub type OnProgress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// What was found in a database that was verified.
#[derive(Debug, Clone, Copy)]
pub struct Contents {
    /// Active ones.
    pub people: u64,
}

#[derive(Debug)]
pub struct Backup {
    pub contents: Contents,
    pub bytes: u64,
    /// In hexadecimal digits.
    pub sha256: String,
}

#[derive(Debug)]
pub struct Restored {
    pub contents: Contents,
    /// Where the database is that was there before.
    pub kept: Option<PathBuf>,
}
