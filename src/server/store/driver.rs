//! The databases that this build can open, each chosen by its URL.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use async_trait::async_trait;
use sqlx::error::DatabaseError;

use super::{DRIVERS, Examination, Options, Store};

/// The maximum time that running statements may delay the shutdown.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// One kind of database. Its futures are not `Send`: those of sqlx's migrations are not.
#[async_trait(?Send)]
pub trait Driver: Send + Sync {
    /// The URL for this driver, if it supports it.
    fn accepts<'a>(&self, url: &'a DatabaseUrl) -> Option<&'a str>;

    async fn open(&self, url: &str, options: Options) -> anyhow::Result<Arc<dyn Store>>;

    async fn examine(&self, url: &str) -> anyhow::Result<Examination>;

    /// Whether an error of this kind of database may be temporary.
    fn is_transient(&self, error: &dyn DatabaseError) -> bool;

    /// The path of the database, if it is a file.
    fn file(&self, _url: &str) -> anyhow::Result<Option<PathBuf>> {
        Ok(None)
    }

    async fn backup(&self, _url: &str, _to: &Path, _overwrite: bool, _: OnProgress<'_>) -> anyhow::Result<Backup> {
        bail!(
            "backup works only with SQLite: for PostgreSQL use pg_dump, as docs/administration/postgresql.md describes"
        )
    }

    async fn restore(&self, _url: &str, _from: &Path, _overwrite: bool, _: OnProgress<'_>) -> anyhow::Result<Restored> {
        bail!(
            "restore works only with SQLite: for PostgreSQL use pg_restore, as docs/administration/postgresql.md describes"
        )
    }
}

/// Opens the database and migrates its schema.
///
/// # Errors
/// When it is missing and not to be created, or cannot be reached, created or migrated, as a message for the operator.
pub async fn open(url: &DatabaseUrl, options: Options) -> anyhow::Result<Arc<dyn Store>> {
    let (driver, url) = url.driver()?;
    driver.open(url, options).await
}

/// Closes a database, waiting at most `CLOSE_TIMEOUT` for running statements.
pub async fn close(store: &dyn Store) {
    if tokio::time::timeout(CLOSE_TIMEOUT, store.close()).await.is_err() {
        tracing::warn!("the database was still busy when it was closed");
    }
}

/// Examines the database without changing it.
///
/// # Errors
/// When it cannot be reached or read.
pub async fn examine(url: &DatabaseUrl) -> anyhow::Result<Examination> {
    let (driver, url) = url.driver()?;
    driver.examine(url).await
}

/// The file of a SQLite database; `None` for any other.
///
/// # Errors
/// When it is not the URL of a SQLite file.
pub fn file(url: &DatabaseUrl) -> anyhow::Result<Option<PathBuf>> {
    let (driver, url) = url.driver()?;
    driver.file(url)
}

/// Copies a SQLite database to a file, consistently and while it is in use. The copy is verified
/// before it gets its name.
///
/// # Errors
/// When it cannot be copied, is damaged, or the file exists already; then no file is created.
pub async fn backup(url: &DatabaseUrl, to: &Path, overwrite: bool, progress: OnProgress<'_>) -> anyhow::Result<Backup> {
    let (driver, url) = url.driver()?;
    driver.backup(url, to, overwrite, progress).await
}

/// Replaces a SQLite database that is not in use by a verified copy of a backup, and migrates its schema. The replaced
/// database is kept next to it.
///
/// # Errors
/// When the backup is damaged, or the database is in use, or has people and `overwrite` is not set;
/// then nothing was changed.
pub async fn restore(
    url: &DatabaseUrl,
    from: &Path,
    overwrite: bool,
    progress: OnProgress<'_>,
) -> anyhow::Result<Restored> {
    let (driver, url) = url.driver()?;
    driver.restore(url, from, overwrite, progress).await
}

/// Called with the number of bytes copied so far and in all.
pub type OnProgress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// The contents of a verified database.
#[derive(Debug, Clone, Copy)]
pub struct Contents {
    /// Active people.
    pub people: u64,
}

/// A backup of a SQLite database. PostgreSQL has its own tools.
#[derive(Debug)]
pub struct Backup {
    pub contents: Contents,
    pub bytes: u64,
    /// In hexadecimal digits.
    pub sha256: String,
}

/// A restored SQLite database.
#[derive(Debug)]
pub struct Restored {
    pub contents: Contents,
    /// The replaced database.
    pub kept: Option<PathBuf>,
}

/// The URL of a database. `Display` and `Debug` omit credentials.
#[derive(Clone)]
pub enum DatabaseUrl {
    Sqlite(String),
    Postgres(String),
}

impl DatabaseUrl {
    fn driver(&self) -> anyhow::Result<(&'static dyn Driver, &str)> {
        let found = DRIVERS.iter().find_map(|driver| Some((*driver, driver.accepts(self)?)));
        found.with_context(|| format!("this build of Rollcall cannot open {self}"))
    }
}

impl FromStr for DatabaseUrl {
    type Err = &'static str;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            // Each connection would have its own database, which is lost when it closes.
            Some("sqlite") if url.contains(":memory:") || url.contains("mode=memory") => {
                Err("must name a file: a database in memory would be lost")
            }
            Some("sqlite") => Ok(Self::Sqlite(url.to_owned())),
            Some("postgres" | "postgresql") => Ok(Self::Postgres(url.to_owned())),
            _ => Err("must begin with sqlite: or postgres:, as in sqlite://rollcall.db"),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(url) => f.write_str(url),
            Self::Postgres(_) => f.write_str("postgres:…"),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
