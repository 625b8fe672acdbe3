//! A row of a file, and how many have which outcome.

use serde::{Deserialize, Serialize};

use super::ImportMode;
use crate::domain::{Change, Profile, UserId};

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

/// A row of a file beside the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    /// The line that it begins on; elements of an array that begin on one line are counted on.
    pub line: u64,
    pub outcome: RowOutcome,
    /// What it says of a person; `None` where a value is not allowed.
    pub profile: Option<Profile>,
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
    pub const PER_PAGE: u32 = 100;
}
