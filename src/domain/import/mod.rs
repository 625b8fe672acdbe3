//! Imports of people from a file: previewed first, then applied atomically, and undone atomically.

mod file;
mod row;

pub use file::{ChosenColumns, FileColumn, FileField, FileFormat, FileKind, NewImport};
pub use row::{ImportCounts, ImportRow, ListImportRows, RowError, RowOutcome};

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AppError, EventActor, Timestamp};

/// One import, from the first part of its file until it is undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    pub id: ImportId,
    /// The file name.
    pub file: String,
    /// The file size in bytes.
    pub size: u64,
    /// The number of bytes received so far.
    pub received: u64,
    /// The size of each part except the last, in bytes.
    pub part_size: u32,
    pub state: ImportState,
    /// The progress of a running check, apply or undo.
    pub progress: Option<ImportProgress>,
    /// The reason of a failure, as a sentence.
    pub problem: Option<String>,
    /// The detected format.
    pub format: Option<FileFormat>,
    /// The columns of the file and the fields they are mapped to.
    pub columns: Vec<FileColumn>,
    /// The predicted outcomes of the rows, or the actual ones once the import has been applied.
    pub counts: Option<ImportCounts>,
    /// The mode it was applied in.
    pub mode: Option<ImportMode>,
    pub created_by: EventActor,
    pub created_at: Timestamp,
    pub applied_at: Option<Timestamp>,
    pub undone_at: Option<Timestamp>,
    /// The longest time another writer waited while the import was applied, in milliseconds.
    pub longest_wait_ms: Option<u64>,
    /// The number of people an undo left unchanged because they had changed since the import.
    pub kept: Option<u64>,
}

impl Import {
    /// The maximum size of a part, in bytes.
    pub const MAX_PART: u32 = 8 * 1024 * 1024;
    pub const MIN_PART: u32 = 64 * 1024;
    /// The maximum number of parts.
    pub const MAX_PARTS: u32 = 10_000;
    /// How many days the file and its rejected rows are kept.
    pub const RETENTION_DAYS: u32 = 7;

    /// The number of parts of the file.
    #[must_use]
    pub fn parts(&self) -> u64 {
        self.size.div_ceil(self.part_size.into())
    }

    /// The number of rows that an import in this mode would skip.
    #[must_use]
    pub fn rejected(&self, mode: ImportMode) -> u64 {
        self.counts.map_or(0, |counts| counts.rejected(mode))
    }
}

/// A UUID version 7 (RFC 9562).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ImportId(pub Uuid);

impl fmt::Display for ImportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Accepts the hyphenated form; an invalid id is reported like an unknown one.
impl FromStr for ImportId {
    type Err = AppError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uuid = Uuid::try_parse(text).ok().filter(|_| text.len() == 36);
        uuid.map(Self).ok_or_else(AppError::no_such_import)
    }
}

text_enum! {
    ImportState, "state" {
        /// Parts of the file are missing.
        Receiving = "receiving",
        /// The rows are being read and compared with the directory.
        Checking = "checking",
        /// Ready to be previewed and applied.
        Checked = "checked",
        Applying = "applying",
        Applied = "applied",
        Undoing = "undoing",
        Undone = "undone",
        /// The file cannot be read or lacks a column; `problem` has the reason.
        Failed = "failed",
        Cancelled = "cancelled",
    }
}

impl ImportState {
    /// Whether the state changes without a further request.
    #[must_use]
    pub fn is_busy(self) -> bool {
        matches!(self, Self::Checking | Self::Applying | Self::Undoing)
    }
}

text_enum! {
    ImportMode, "mode" {
        /// A row is rejected if its user exists with other values.
        Insert = "insert",
        /// A user that exists, matched by address, gets the values of the file.
        Update = "update",
    }
}

/// The progress of a job: bytes while a file is checked, rows while it is applied or undone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportProgress {
    pub done: u64,
    pub total: u64,
    /// Average per second since the job began.
    pub rate: u64,
}

/// The options for applying an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplyImport {
    pub mode: ImportMode,
    /// Skip rejected rows; otherwise one rejected row prevents the whole import.
    pub skip_invalid: bool,
}
