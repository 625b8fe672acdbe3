//! People brought in from a file: looked at first, then applied as one, and taken back as one.

mod file;
mod row;

pub use file::{ChosenColumns, FileColumn, FileField, FileFormat, FileKind, NewImport};
pub use row::{ImportCounts, ImportRow, ListImportRows, RowError, RowOutcome};

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AppError, EventActor, Timestamp};

/// One import, from the first part of its file to its undoing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    pub id: ImportId,
    /// What the file is called.
    pub file: String,
    /// Of the file, in bytes.
    pub size: u64,
    /// So many bytes of it are there.
    pub received: u64,
    /// Of each part but the last, in bytes.
    pub part_size: u32,
    pub state: ImportState,
    /// How far it is, while something is done with it.
    pub progress: Option<ImportProgress>,
    /// Why it failed, as a sentence.
    pub problem: Option<String>,
    /// What the file was recognised as.
    pub format: Option<FileFormat>,
    /// Its columns, and what each was taken for.
    pub columns: Vec<FileColumn>,
    /// What would become of its rows, or what became of them.
    pub counts: Option<ImportCounts>,
    /// How it was applied.
    pub mode: Option<ImportMode>,
    pub created_by: EventActor,
    pub created_at: Timestamp,
    pub applied_at: Option<Timestamp>,
    pub undone_at: Option<Timestamp>,
    /// The longest that somebody else waited to write while it was applied, in milliseconds.
    pub longest_wait_ms: Option<u64>,
    /// So many people an undo left as they were, because they have changed since.
    pub kept: Option<u64>,
}

impl Import {
    /// The most that a part of a file may have, in bytes.
    pub const MAX_PART: u32 = 8 * 1024 * 1024;
    pub const MIN_PART: u32 = 64 * 1024;
    /// The most parts of a file.
    pub const MAX_PARTS: u32 = 10_000;
    /// How many days a file is kept, and the rows that were refused.
    pub const KEPT_DAYS: u32 = 7;

    /// How many parts the file has.
    #[must_use]
    pub fn parts(&self) -> u64 {
        self.size.div_ceil(self.part_size.into())
    }

    /// So many rows an import in this mode would leave out.
    #[must_use]
    pub fn refused(&self, mode: ImportMode) -> u64 {
        self.counts.map_or(0, |counts| counts.refused(mode))
    }
}

/// A UUID, version 7 (RFC 9562).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ImportId(pub Uuid);

impl fmt::Display for ImportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The hyphenated form; what is not an id is the id of nothing.
impl FromStr for ImportId {
    type Err = AppError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uuid = Uuid::try_parse(text).ok().filter(|_| text.len() == 36);
        uuid.map(Self).ok_or_else(AppError::no_such_import)
    }
}

words! {
    ImportState, "state" {
        /// Parts of the file are missing.
        Receiving = "receiving",
        /// Its rows are being read and compared with the directory.
        Checking = "checking",
        /// It can be looked at, and applied.
        Checked = "checked",
        Applying = "applying",
        Applied = "applied",
        Undoing = "undoing",
        Undone = "undone",
        /// The file cannot be read, or lacks a column; `problem` says what.
        Failed = "failed",
        Cancelled = "cancelled",
    }
}

impl ImportState {
    /// Whether it goes on by itself.
    #[must_use]
    pub fn is_busy(self) -> bool {
        matches!(self, Self::Checking | Self::Applying | Self::Undoing)
    }
}

words! {
    ImportMode, "mode" {
        /// Who is there already with other values is refused.
        Insert = "insert",
        /// Who is there already, by address, gets the values of the file.
        Update = "update",
    }
}

/// How far something is: bytes while a file is checked, rows while it is applied or undone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportProgress {
    pub done: u64,
    pub total: u64,
    /// So many a second, since it began.
    pub rate: u64,
}

/// How an import is to be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplyImport {
    pub mode: ImportMode,
    /// Leave rows out that are refused; else nothing is imported when there are any.
    pub skip_invalid: bool,
}
