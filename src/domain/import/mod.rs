//! People brought in from a file: looked at first, then applied as one, and taken back as one.

mod file;
mod row;

pub use file::{ChosenColumns, FileColumn, FileField, FileFormat, FileKind, NewImport};
pub use row::{ImportCounts, ImportRow, ListImportRows, RowError, RowOutcome};

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{AppError, EventActor, Timestamp};

/// An import of people from a file, from its first part to its undo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Import {
    /// The id, which never changes.
    pub id: ImportId,
    /// The name of the file.
    pub file: String,
    /// The size of the file in bytes.
    pub size: u64,
    /// The number of bytes received so far.
    pub received: u64,
    /// The size of each part but the last, in bytes.
    #[schema(value_type = u64, minimum = 1)]
    pub part_size: u32,
    /// The number of parts to send.
    pub parts: u64,
    /// The current state.
    pub state: ImportState,
    /// The progress while the import is being checked, applied or undone.
    #[schema(required)]
    pub progress: Option<ImportProgress>,
    /// Why it failed or was not applied, as a sentence.
    #[schema(required)]
    pub problem: Option<String>,
    /// The format the file was recognised as.
    #[schema(required)]
    pub format: Option<FileFormat>,
    /// The columns of the file, as soon as they are known.
    pub columns: Vec<FileColumn>,
    /// The outcomes of its rows: expected ones until it is applied.
    #[schema(required)]
    pub counts: Option<ImportCounts>,
    /// How it was applied.
    #[schema(required)]
    pub mode: Option<ImportMode>,
    /// The user or program that announced it.
    pub created_by: EventActor,
    /// When its file was announced.
    pub created_at: Timestamp,
    /// When it was applied.
    #[schema(required)]
    pub applied_at: Option<Timestamp>,
    /// When it was undone.
    #[schema(required)]
    pub undone_at: Option<Timestamp>,
    /// The longest wait of another writer while it was applied, in milliseconds.
    #[schema(required)]
    pub longest_wait_ms: Option<u64>,
    /// The number of people that an undo left as they were, because they had changed since.
    #[schema(required)]
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

    /// So many rows an import in this mode would leave out.
    #[must_use]
    pub fn refused(&self, mode: ImportMode) -> u64 {
        self.counts.map_or(0, |counts| counts.refused(mode))
    }
}

/// The id of an import: a UUID, version 7 (RFC 9562).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[schema(value_type = String, format = "uuid", examples("01890a5d-b8c0-7f31-a2f4-5566778899aa"))]
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
    /// The state of an import. Parts are missing in `receiving`; `checking`, `applying` and `undoing` continue by
    /// themselves; a `checked` import can be applied, an `applied` one undone; `problem` says why one has `failed`.
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
    /// How to treat rows of existing users: `insert` refuses those with other values, `update` applies them.
    ImportMode, "mode" {
        Insert = "insert",
        Update = "update",
    }
}

/// Progress: in bytes while a file is checked, in rows while it is applied or undone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportProgress {
    /// Finished so far.
    pub done: u64,
    /// The total to do.
    pub total: u64,
    /// The rate per second.
    pub rate: u64,
}

/// How to apply an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyImport {
    /// How to treat rows of existing users.
    pub mode: ImportMode,
    /// Skip refused rows; otherwise nothing is imported while there are any.
    #[schema(required = false, default = false)]
    pub skip_invalid: bool,
}
