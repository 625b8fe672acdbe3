//! Imports of people from a file: previewed first, then applied atomically, and undone atomically.

mod file;
mod row;

pub use file::{ChosenColumns, FileColumn, FileField, FileFormat, FileKind, NewImport};
pub use row::{ImportCounts, ImportRow, ListImportRows, RowError, RowOutcome};

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{AppError, EventActor, Timestamp};

/// One import, from the first part of its file until it is undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Import {
    /// The id, which never changes.
    pub id: ImportId,
    /// The file name.
    pub file: String,
    /// The file size in bytes.
    pub size: u64,
    /// The number of bytes received so far.
    pub received: u64,
    /// The size of each part except the last, in bytes.
    #[schema(value_type = u64, minimum = 1)]
    pub part_size: u32,
    /// The number of parts to send.
    pub parts: u64,
    /// The current state.
    pub state: ImportState,
    /// The progress of a running check, apply or undo.
    #[schema(required)]
    pub progress: Option<ImportProgress>,
    /// The reason why it failed or was not applied, as a sentence.
    #[schema(required)]
    pub problem: Option<String>,
    /// The detected format.
    #[schema(required)]
    pub format: Option<FileFormat>,
    /// The columns of the file and the fields they are mapped to, once they are known.
    pub columns: Vec<FileColumn>,
    /// The predicted outcomes of the rows, or the actual ones once the import has been applied.
    #[schema(required)]
    pub counts: Option<ImportCounts>,
    /// The mode it was applied in.
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
    /// The longest time another writer waited while the import was applied, in milliseconds.
    #[schema(required)]
    pub longest_wait_ms: Option<u64>,
    /// The number of people an undo left unchanged because they had changed since the import.
    #[schema(required)]
    pub kept: Option<u64>,
}

impl Import {
    /// The maximum size of a part, in bytes.
    pub const MAX_PART: u32 = 8 * 1024 * 1024;
    pub const MIN_PART: u32 = 64 * 1024;
    /// The maximum number of parts.
    pub const MAX_PARTS: u32 = 10_000;
    /// How many days the file and its refused rows are kept.
    pub const KEPT_DAYS: u32 = 7;

    /// The number of rows that an import in this mode would skip.
    #[must_use]
    pub fn refused(&self, mode: ImportMode) -> u64 {
        self.counts.map_or(0, |counts| counts.refused(mode))
    }
}

/// The id of an import: a UUID version 7 (RFC 9562).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[schema(value_type = String, format = "uuid", examples("01890a5d-b8c0-7f31-a2f4-5566778899aa"))]
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

words! {
    /// The state of an import. Parts are missing in `receiving`; `checking`, `applying` and `undoing` continue by
    /// themselves; a `checked` import can be applied, an `applied` one undone; `problem` says why one has `failed`.
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

words! {
    /// How to treat rows of existing users: `insert` refuses those with other values, `update` applies them.
    ImportMode, "mode" {
        Insert = "insert",
        Update = "update",
    }
}

/// The progress of a job: bytes while a file is checked, rows while it is applied or undone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportProgress {
    /// Finished so far.
    pub done: u64,
    /// The total to do.
    pub total: u64,
    /// Average per second since the job began; 0 when another instance runs it.
    pub rate: u64,
}

/// The options for applying an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyImport {
    /// How to treat rows of existing users.
    pub mode: ImportMode,
    /// Skip refused rows; otherwise one refused row prevents the whole import.
    #[schema(required = false, default = false)]
    pub skip_invalid: bool,
}
