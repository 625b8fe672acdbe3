//! A look at a database that changes nothing: it makes no file, migrates nothing, takes no lock.

use chrono::TimeDelta;
use std::{fmt, path::PathBuf, sync::Arc};

#[cfg(feature = "postgres")]
use super::postgres;
#[cfg(feature = "sqlite")]
use super::sqlite;
use super::{DatabaseUrl, Store};

/// What was seen.
pub struct Examination {
    /// To ask further; what writes fails.
    pub store: Arc<dyn Store>,
    /// Whether there was ever a migration.
    pub has_schema: bool,
    pub engine: Engine,
}

/// What only one kind of database has.
#[derive(Debug)]
pub enum Engine {
    Sqlite {
        version: String,
        /// What is wrong with its pages and indexes.
        damage: Option<String>,
    },
    Postgres {
        version: String,
        /// As PostgreSQL writes it for programs: 150004 for 15.4.
        version_number: i32,
        /// Whether pg_trgm is there, or could be.
        has_trigrams: bool,
        /// How many connections it takes, from all its clients.
        connections: i32,
        /// How far its clock is before ours.
        clock_ahead: TimeDelta,
        /// Why its names beyond ASCII would not be found.
        letters: Option<String>,
    },
}

impl fmt::Debug for Examination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Examination").field("engine", &self.engine).finish_non_exhaustive()
    }
}

/// The file of a SQLite database, where it is one.
///
/// # Errors
/// When it is no URL of a SQLite file.
pub fn file(url: &DatabaseUrl) -> anyhow::Result<Option<PathBuf>> {
    match url {
        #[cfg(feature = "sqlite")]
        DatabaseUrl::Sqlite(url) => sqlite::file(url).map(Some),
        _ => Ok(None),
    }
}

/// Looks at the database.
///
/// # Errors
/// When it cannot be reached or read.
pub async fn examine(url: &DatabaseUrl) -> anyhow::Result<Examination> {
    match url {
        #[cfg(feature = "sqlite")]
        DatabaseUrl::Sqlite(url) => sqlite::examine(url).await,
        #[cfg(feature = "postgres")]
        DatabaseUrl::Postgres(url) => postgres::examine(url).await,
        #[cfg(not(all(feature = "sqlite", feature = "postgres")))]
        other => anyhow::bail!("this build of Rollcall cannot open {other}"),
    }
}
