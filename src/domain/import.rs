//! People brought in from a file: looked at first, then applied as one, and taken back as one.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AppError, Change, EventActor, FieldErrors, Timestamp, UserId};

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

words! {
    /// What becomes of a row.
    RowOutcome, "outcome" {
        New = "new",
        /// Somebody with this address is there, with other values.
        Changed = "changed",
        Unchanged = "unchanged",
        /// A value is not allowed.
        Invalid = "invalid",
        /// An earlier row of the file has the same address or id.
        Duplicate = "duplicate",
        /// Somebody in the directory stands in the way.
        Taken = "taken",
        /// Brought in or changed by the import, and changed since: an undo leaves them.
        Kept = "kept",
    }
}

/// How many rows of a file have which outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportCounts {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub invalid: u64,
    pub duplicate: u64,
    pub taken: u64,
}

impl ImportCounts {
    /// So many rows an import in this mode would leave out.
    #[must_use]
    pub fn refused(&self, mode: ImportMode) -> u64 {
        let changed = if mode == ImportMode::Insert { self.changed } else { 0 };
        self.invalid + self.duplicate + self.taken + changed
    }

    #[must_use]
    pub fn rows(&self) -> u64 {
        self.new + self.changed + self.unchanged + self.invalid + self.duplicate + self.taken
    }

    /// Counts rows of an outcome in.
    pub fn add(&mut self, outcome: RowOutcome, rows: u64) {
        match outcome {
            RowOutcome::New => self.new += rows,
            RowOutcome::Changed => self.changed += rows,
            RowOutcome::Unchanged => self.unchanged += rows,
            RowOutcome::Invalid => self.invalid += rows,
            RowOutcome::Duplicate => self.duplicate += rows,
            RowOutcome::Taken => self.taken += rows,
            RowOutcome::Kept => {}
        }
    }

    #[must_use]
    pub fn of(&self, outcome: RowOutcome) -> u64 {
        match outcome {
            RowOutcome::New => self.new,
            RowOutcome::Changed => self.changed,
            RowOutcome::Unchanged => self.unchanged,
            RowOutcome::Invalid => self.invalid,
            RowOutcome::Duplicate => self.duplicate,
            RowOutcome::Taken => self.taken,
            RowOutcome::Kept => 0,
        }
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

/// A row of a file beside the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    /// The line that it begins on; elements of an array that begin on one line are counted on.
    pub line: u64,
    pub outcome: RowOutcome,
    pub name: Option<String>,
    pub email: Option<String>,
    /// Whom it changes, or who stands in its way.
    pub user: Option<UserId>,
    /// The values that change, from what is there to what the file says.
    pub changes: Vec<Change>,
    /// What is wrong with it.
    pub errors: Vec<RowError>,
    /// The earlier line with the same address or id.
    pub duplicate_of: Option<u64>,
}

/// A value that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// As the file calls it; empty when the row itself is wrong.
    pub column: String,
    /// What stands there, cut after 200 characters.
    pub value: String,
    /// What is allowed. Follows the column's name in a sentence.
    pub message: String,
}

words! {
    /// What a column can be taken for.
    FileField, "field" {
        Name = "name",
        Email = "email",
        CreatedAt = "created_at",
        Id = "id",
        Version = "version",
        UpdatedAt = "updated_at",
        DeletedAt = "deleted_at",
    }
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileColumn {
    pub heading: String,
    /// `None`: not used.
    pub field: Option<FileField>,
}

/// Which column is taken for which field, as somebody chose it, none where it is empty; the rest is
/// matched by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenColumns(pub Vec<(FileField, String)>);

words! {
    FileKind, "kind" {
        /// RFC 4180, with one of several delimiters.
        Csv = "csv",
        /// One JSON object a line.
        JsonLines = "jsonl",
        /// An array of JSON objects (RFC 8259).
        Json = "json",
    }
}

/// What a file was recognised as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFormat {
    pub kind: FileKind,
    /// A label of the WHATWG Encoding Standard: `utf-8`, `utf-16le`, `utf-16be`, `windows-1252`.
    pub encoding: String,
    /// Between the values of a CSV file.
    pub delimiter: Option<char>,
}

/// A file about to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewImport {
    /// What it is called; up to 255 characters.
    pub file: String,
    /// In bytes.
    pub size: u64,
    /// Of each part but the last, in bytes.
    pub part_size: u32,
    pub columns: ChosenColumns,
}

impl NewImport {
    /// # Errors
    /// Everything that is wrong, not only the first.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.file.trim().is_empty() || self.file.chars().count() > 255 {
            errors.push("file", "invalid", "must have 1 to 255 characters");
        } else if self.file.trim().chars().any(char::is_control) {
            errors.push("file", "control_character", "must not contain control characters");
        }
        if !(Import::MIN_PART..=Import::MAX_PART).contains(&self.part_size) {
            let message = format!("must be {} to {} bytes", Import::MIN_PART, Import::MAX_PART);
            errors.push("part_size", "out_of_range", message);
        }
        let most = u64::from(self.part_size) * u64::from(Import::MAX_PARTS);
        if !(1..=most).contains(&self.size) {
            errors.push("size", "out_of_range", format!("must be 1 to {most} bytes, {} parts", Import::MAX_PARTS));
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// Which rows of an import, in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListImportRows {
    pub outcome: RowOutcome,
    /// Only those behind this line.
    pub after: u64,
    /// 1 to 1,000.
    pub per_page: u32,
}

impl ListImportRows {
    pub const MAX_PER_PAGE: u32 = 1_000;
}

/// How an import is to be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplyImport {
    pub mode: ImportMode,
    /// Leave rows out that are refused; else nothing is imported when there are any.
    pub skip_invalid: bool,
}
