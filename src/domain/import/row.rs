//! The rows of an imported file and their outcomes.

use serde::{Deserialize, Serialize};

use super::ImportMode;
use crate::domain::{Change, Profile, UserId};

text_enum! {
    /// The outcome of a row.
    RowOutcome, "outcome" {
        New = "new",
        /// A user with this address exists, with other values.
        Changed = "changed",
        Unchanged = "unchanged",
        /// A value is invalid.
        Invalid = "invalid",
        /// An earlier row of the file has the same address or id.
        Duplicate = "duplicate",
        /// Conflicts with a user in the directory.
        Taken = "taken",
        /// Created or updated by the import and changed since: an undo leaves the user unchanged.
        Kept = "kept",
    }
}

/// The number of rows for each outcome.
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
    /// The number of rows that an import in this mode would skip.
    #[must_use]
    pub fn rejected(&self, mode: ImportMode) -> u64 {
        let changed = if mode == ImportMode::Insert { self.changed } else { 0 };
        self.invalid + self.duplicate + self.taken + changed
    }

    #[must_use]
    pub fn rows(&self) -> u64 {
        self.new + self.changed + self.unchanged + self.invalid + self.duplicate + self.taken
    }

    /// Adds rows with an outcome.
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

/// A row of a file, compared with the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    /// The line on which the row begins; array elements that share a line get consecutive numbers.
    pub line: u64,
    pub outcome: RowOutcome,
    /// The fields of the row; `None` if a value is invalid.
    pub profile: Option<Profile>,
    /// The user that the row updates or conflicts with.
    pub user: Option<UserId>,
    /// The changed values, from the stored one to the one in the file.
    pub changes: Vec<Change>,
    /// All validation errors.
    pub errors: Vec<RowError>,
    /// The earlier line with the same address or id.
    pub duplicate_of: Option<u64>,
}

/// An invalid value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// The heading in the file; empty if the row as a whole is invalid.
    pub column: String,
    /// The invalid value, truncated to 200 characters.
    pub value: String,
    /// A description of the allowed values. Follows the column's name in a sentence.
    pub message: String,
}

/// A query for the rows of an import with one outcome, in file order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListImportRows {
    pub outcome: RowOutcome,
    /// Only rows after this line.
    pub after: u64,
    /// 1 to 1,000.
    pub per_page: u32,
}

impl ListImportRows {
    pub const MAX_PER_PAGE: u32 = 1_000;
    pub const PER_PAGE: u32 = 100;
}
