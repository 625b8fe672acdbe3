//! Imports of files: their rows are staged, compared with the directory, and applied or undone in one
//! transaction.

mod apply;
mod record;
mod rows;

use async_trait::async_trait;

use super::{EventRecord, UserRecord};
use crate::domain::{
    AppError, Change, ImportCounts, ImportId, ImportRow, ImportState, ListImportRows, Timestamp, User, UserId,
};

pub use apply::{Applied, Apply, ApplyOptions, Chunk, users_of};
pub use record::{ImportDetails, ImportRecord, StoredImport, StoredRow};
pub use rows::{ChangedRow, MatchedRow, OutcomeRow, StagedPerson, StagedRow, counts_of, errors_json};

/// The imports, by their sequence number.
#[async_trait]
pub trait Imports: Send + Sync {
    async fn create_import(&self, import: &ImportRecord) -> Result<(), AppError>;

    async fn import(&self, id: ImportId) -> Result<Option<StoredImport>, AppError>;

    /// The latest imports, the newest first, without unapplied ones of the command line.
    async fn imports(&self, limit: u32) -> Result<Vec<StoredImport>, AppError>;

    /// Saves a part of a file, replacing an earlier upload of that part. Returns whether the file is still
    /// being received.
    async fn put_part(&self, import: i64, part: u32, bytes: &[u8]) -> Result<bool, AppError>;

    /// The piece of a file after this one.
    async fn piece_after(&self, import: i64, part: i64, piece: i64) -> Result<Option<Piece>, AppError>;

    /// Leases an import in this persistent state until a time; the lease has to be renewed. Returns whether it
    /// was granted.
    async fn claim_import(&self, import: i64, state: ImportState, claim: Claim) -> Result<bool, AppError>;

    /// Renews the lease and saves the progress. Returns whether the work is still wanted. On SQLite it does
    /// nothing while another transaction has the write lock.
    async fn renew_import(&self, import: i64, done: u64, total: u64, until: Timestamp) -> Result<bool, AppError>;

    /// Ends the lease with this persistent state. Returns whether the work was still wanted.
    async fn release_import(
        &self,
        import: i64,
        state: ImportState,
        details: &ImportDetails,
        now: Timestamp,
    ) -> Result<bool, AppError>;

    /// Cancels an import that was not applied. Returns whether it could be cancelled.
    async fn cancel_import(&self, import: i64, now: Timestamp) -> Result<bool, AppError>;

    /// Inserts parsed rows of the file.
    async fn stage(&self, import: i64, rows: &[StagedRow]) -> Result<(), AppError>;

    /// Marks rows that repeat the address or the id of an earlier one.
    async fn mark_duplicates(&self, import: i64) -> Result<(), AppError>;

    /// The number of rows by outcome, and the last event of the audit trail before they were counted.
    /// `may_change_admins`: whether the import may change admins.
    async fn count_rows(&self, import: i64, may_change_admins: bool) -> Result<(ImportCounts, i64), AppError>;

    /// Rows with this outcome, in file order.
    async fn import_rows(
        &self,
        import: &StoredImport,
        list: ListImportRows,
        may_change_admins: bool,
    ) -> Result<Vec<ImportRow>, AppError>;

    /// Begins a transaction that applies or undoes an import; dropped without a commit, it is rolled back.
    async fn begin_import_transaction(&self, import: i64) -> Result<Box<dyn ImportTransaction>, AppError>;

    /// Deletes all rows of this import, or those that were not rejected. On SQLite it deletes in batches, so that other
    /// writers need not wait for long. Returns whether there may be more.
    async fn clear_rows(&self, import: i64, all: bool) -> Result<bool, AppError>;

    /// Deletes imports from before a time: unapplied ones, the files of applied ones, and leftovers of interrupted
    /// commands. Returns whether there may be more, as `clear_rows` does.
    async fn prune_imports(&self, before: Timestamp, now: Timestamp) -> Result<bool, AppError>;
}

/// The transaction that applies or undoes an import.
#[async_trait]
pub trait ImportTransaction: Apply {
    /// The number of the last event in the audit trail.
    async fn last_event(&mut self) -> Result<i64, AppError>;

    /// `Imports::count_rows` in this transaction.
    async fn count(&mut self, may_change_admins: bool) -> Result<ImportCounts, AppError>;

    /// The next changes of the import, between these events, and whether an undo keeps their users. Empty at the end.
    async fn changes_to_undo(
        &mut self,
        after: i64,
        until: i64,
        how: &UndoOptions,
    ) -> Result<Vec<ImportedChange>, AppError>;

    /// Undoes changes. The events record that, in the same order.
    async fn undo(&mut self, back: &[UndoStep], now: Timestamp, events: &[EventRecord]) -> Result<(), AppError>;

    /// Saves the outcome of rejected rows.
    async fn save_rejected(&mut self, may_change_admins: bool) -> Result<(), AppError>;

    /// Commits if the import is still in the persistent state `from`. Returns whether it was.
    async fn commit(
        self: Box<Self>,
        from: ImportState,
        to: ImportState,
        details: &ImportDetails,
        event: &EventRecord,
    ) -> Result<bool, AppError>;

    /// The longest time that another writer has waited for this transaction, in milliseconds.
    fn longest_wait(&self) -> Option<u64>;
}

/// Parameters of `ImportTransaction::changes_to_undo`.
#[derive(Debug, Clone, Copy)]
pub struct UndoOptions {
    pub import: ImportId,
    /// Whether admins may be changed.
    pub may_change_admins: bool,
}

/// A change of a user by an import.
#[derive(Debug)]
pub struct ImportedChange {
    pub seq: i64,
    pub user: User,
    /// Whether the user was created rather than changed.
    pub is_new: bool,
    /// Whether an undo keeps the user as they are: they were changed since, or are an admin whom the import may
    /// not change.
    pub is_kept: bool,
    pub changes: Vec<Change>,
}

/// The change that undoes another.
#[derive(Debug)]
pub enum UndoStep {
    Deleted(UserId),
    /// The user gets the profile and creation time of this record.
    Changed(UserRecord),
}

/// A lease of an import: for which activity, and until when.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    /// `Checking`, `Applying` or `Undoing`.
    pub activity: ImportState,
    pub total: u64,
    pub now: Timestamp,
    pub until: Timestamp,
}

/// A piece of a part of a file, as it is stored.
#[derive(Debug)]
pub struct Piece {
    pub part: i64,
    pub piece: i64,
    pub bytes: Vec<u8>,
}

impl Piece {
    /// The maximum size in bytes.
    pub const SIZE: usize = 256 * 1024;
}
