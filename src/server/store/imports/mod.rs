//! People from files: staged, looked at beside the directory, applied as one and taken back as one.

mod record;
mod rows;

use async_trait::async_trait;

use super::{EventRecord, UserRecord};
use crate::domain::{
    AppError, Change, ImportCounts, ImportId, ImportMode, ImportRow, ImportState, ListImportRows, Timestamp, User,
    UserId,
};

pub use record::{ImportDetails, ImportRecord, StoredImport, StoredRow};
pub use rows::{ChangedRow, DoneRow, MetRow, StagedPerson, StagedRow, errors_json};

/// Imports, by the number under which a database knows them.
#[async_trait]
pub trait Imports: Send + Sync {
    async fn create_import(&self, import: &ImportRecord) -> Result<(), AppError>;

    async fn import(&self, id: ImportId) -> Result<Option<StoredImport>, AppError>;

    /// The latest, the newest first; none of those that are read by a command.
    async fn imports(&self, limit: u32) -> Result<Vec<StoredImport>, AppError>;

    /// Keeps a part of a file, in the place of what was sent as that before. Answers whether the file
    /// is still being received.
    async fn put_part(&self, import: i64, part: u32, bytes: &[u8]) -> Result<bool, AppError>;

    /// The piece of a file that follows this part's piece.
    async fn piece_after(&self, import: i64, part: i64, piece: i64) -> Result<Option<Piece>, AppError>;

    /// Takes an import in this lasting state to work on it until a moment; whoever stops renewing that
    /// loses it. Answers whether it could be had.
    async fn claim_import(&self, import: i64, state: ImportState, claim: Claim) -> Result<bool, AppError>;

    /// Tells how far the work is. Answers whether it is still wanted. Where writing has to wait for a
    /// turn, nothing is told.
    async fn renew_import(&self, import: i64, done: u64, total: u64, until: Timestamp) -> Result<bool, AppError>;

    /// Ends the work with this lasting state. Answers whether it was still wanted.
    async fn release_import(
        &self,
        import: i64,
        state: ImportState,
        details: &ImportDetails,
        now: Timestamp,
    ) -> Result<bool, AppError>;

    /// Makes an import that was not applied one that never will be. Answers whether it could be.
    async fn cancel_import(&self, import: i64, now: Timestamp) -> Result<bool, AppError>;

    /// Adds rows of the file.
    async fn stage(&self, import: i64, rows: &[StagedRow]) -> Result<(), AppError>;

    /// Finds out which rows repeat the address or the id of an earlier one.
    async fn mark_duplicates(&self, import: i64) -> Result<(), AppError>;

    /// What would become of the rows, and after which event of the trail that is so. Somebody who
    /// `governs` changes admins, too.
    async fn count_rows(&self, import: i64, governs: bool) -> Result<(ImportCounts, i64), AppError>;

    /// Rows with an outcome, in the order of the file.
    async fn import_rows(
        &self,
        import: &StoredImport,
        list: ListImportRows,
        governs: bool,
    ) -> Result<Vec<ImportRow>, AppError>;

    /// Begins a transaction that applies an import, or undoes it; dropped, it leaves nothing.
    async fn begin_batch(&self, import: i64) -> Result<Box<dyn Batch>, AppError>;

    /// Deletes rows of this import that are of no use any more, all of them or those that were not
    /// refused: some at a time where others wait for their turn to write. Answers whether there may be more.
    async fn clear_rows(&self, import: i64, all: bool) -> Result<bool, AppError>;

    /// Deletes what was not applied, and the files of what was, from before a moment, and what commands
    /// left that ended in the middle, in the same way. Answers whether there may be more.
    async fn prune_imports(&self, before: Timestamp, now: Timestamp) -> Result<bool, AppError>;
}

/// An import being applied, or undone, in one transaction.
#[async_trait]
pub trait Batch: Send {
    /// The number of the last event before it.
    async fn last_event(&mut self) -> Result<i64, AppError>;

    /// `Imports::count_rows`, as it is within.
    async fn count(&mut self, governs: bool) -> Result<ImportCounts, AppError>;

    /// Applies the next rows behind a line. Of the event, what it says of who does it counts. `None`
    /// at the end of the file.
    async fn apply(&mut self, after: u64, how: &HowToApply, event: &EventRecord) -> Result<Option<Applied>, AppError>;

    /// What the import did to the next people, between these events of the trail, and whether anything
    /// happened to them since. Empty at the end.
    async fn done(&mut self, after: i64, until: i64, how: &HowToUndo) -> Result<Vec<Done>, AppError>;

    /// Takes back what was done to these; events that tell of it belong to them, in order.
    async fn undo(&mut self, back: &[Back], now: Timestamp, events: &[EventRecord]) -> Result<(), AppError>;

    /// Remembers what became of those that are refused.
    async fn keep_refused(&mut self, governs: bool) -> Result<(), AppError>;

    /// Commits, if the import is still in the lasting state that it was begun in; answers whether.
    async fn commit(
        self: Box<Self>,
        from: ImportState,
        to: ImportState,
        details: &ImportDetails,
        event: &EventRecord,
    ) -> Result<bool, AppError>;

    /// The longest that somebody else has waited for this, so far, in milliseconds.
    fn longest_wait(&self) -> Option<u64>;
}

/// What is applied, and how.
#[derive(Debug, Clone, Copy)]
pub struct HowToApply {
    pub import: ImportId,
    pub mode: ImportMode,
    pub governs: bool,
    pub now: Timestamp,
}

/// What is undone, and by whom.
#[derive(Debug, Clone, Copy)]
pub struct HowToUndo {
    pub import: ImportId,
    /// They may change admins, too.
    pub governs: bool,
}

/// Rows that were applied.
#[derive(Debug, Clone, Copy, Default)]
pub struct Applied {
    /// The last of their lines.
    pub line: u64,
    pub rows: u64,
    pub new: u64,
    pub changed: u64,
}

/// Something that an import did to somebody.
#[derive(Debug)]
pub struct Done {
    pub seq: i64,
    pub user: User,
    /// Created rather than changed.
    pub is_new: bool,
    /// They have changed since.
    pub is_over: bool,
    pub changes: Vec<Change>,
}

/// How somebody is to be again.
#[derive(Debug)]
pub enum Back {
    Deleted(UserId),
    /// With the name, address and time of creation of this record.
    Changed(UserRecord),
}

/// What is done with an import, and by when the next sign of life is due.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    /// `Checking`, `Applying` or `Undoing`.
    pub activity: ImportState,
    pub total: u64,
    pub now: Timestamp,
    pub until: Timestamp,
}

/// A piece of a part of a file.
#[derive(Debug)]
pub struct Piece {
    pub part: i64,
    pub piece: i64,
    pub bytes: Vec<u8>,
}

impl Piece {
    /// The most that one has, in bytes.
    pub const SIZE: usize = 256 * 1024;
}
