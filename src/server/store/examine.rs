//! Findings of `rollcall doctor` about a database. Examining changes nothing: it creates no file, and
//! neither migrates nor locks.

use std::{fmt, sync::Arc};

use chrono::TimeDelta;

use super::Store;

pub struct Examination {
    /// For further reads; it is read-only.
    pub store: Arc<dyn Store>,
    /// Whether a migration was ever applied.
    pub has_schema: bool,
    pub engine: Engine,
}

/// Findings that only one kind of database has.
#[derive(Debug)]
pub enum Engine {
    Sqlite {
        version: String,
        /// Errors in its pages and indexes.
        damage: Option<String>,
    },
    Postgres {
        version: String,
        /// As `server_version_num`: 150004 for 15.4.
        version_number: i32,
        /// Whether pg_trgm is installed or available.
        has_trigrams: bool,
        /// The maximum number of connections of the server, for all its clients.
        connections: i32,
        /// How far its clock is ahead of this machine's.
        clock_ahead: TimeDelta,
        /// The problem with its character type, if search would miss names outside ASCII.
        letters: Option<String>,
    },
}

impl fmt::Debug for Examination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Examination").field("engine", &self.engine).finish_non_exhaustive()
    }
}
