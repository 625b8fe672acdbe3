//! People from files: staged, looked at beside the directory, applied as one and taken back as one.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::types::Uuid;

use super::{
    EventRecord, UserRecord,
    events::changes_of,
    row::{Moment, UserRow},
};
use crate::domain::{
    Action, ActorKind, AppError, Change, ChosenColumns, Email, EventActor, FileColumn, FileFormat, ImportCounts,
    ImportId, ImportMode, ImportRow, ImportState, ListImportRows, NewUser, RowError, RowOutcome, Timestamp, User,
    UserId, search_text,
};

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

    /// Deletes up to so many rows that are of no use any more, of this import: all of them, or those
    /// that were not refused. Answers how many.
    async fn clear_rows(&self, import: i64, all: bool, limit: u32) -> Result<u64, AppError>;

    /// Deletes what was not applied, and the files of what was, from before a moment, and what commands
    /// left that ended in the middle. Answers whether there is more.
    async fn prune_imports(&self, before: Timestamp, now: Timestamp, limit: u32) -> Result<bool, AppError>;
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

/// An import to be stored.
#[derive(Debug, Clone)]
pub struct ImportRecord {
    pub id: ImportId,
    pub file: String,
    pub size: u64,
    pub part_size: u32,
    pub details: ImportDetails,
    pub actor_kind: ActorKind,
    pub actor_id: Option<Uuid>,
    /// It may bring ids, times and versions of its own.
    pub takes_all: bool,
    /// A command reads the file itself.
    pub is_local: bool,
    pub now: Timestamp,
    /// Of a command, which has it at once.
    pub active_until: Option<Timestamp>,
}

/// What is known of an import beside its columns in the database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportDetails {
    pub chosen: ChosenColumns,
    pub problem: Option<String>,
    pub format: Option<FileFormat>,
    pub columns: Vec<FileColumn>,
    pub counts: Option<ImportCounts>,
    /// The last event of the trail when the rows were counted.
    pub counted_after: i64,
    pub mode: Option<ImportMode>,
    /// What it did is told in the trail up to this event.
    pub last_event: i64,
    pub applied_at: Option<Timestamp>,
    pub undone_at: Option<Timestamp>,
    pub longest_wait_ms: Option<u64>,
    pub kept: Option<u64>,
}

impl ImportDetails {
    /// # Errors
    /// `Internal`.
    pub fn json(&self) -> Result<String, AppError> {
        serde_json::to_string(self).map_err(AppError::internal)
    }
}

/// An import as it is stored.
#[derive(Debug, Clone)]
pub struct StoredImport {
    pub seq: i64,
    pub id: ImportId,
    pub file: String,
    pub size: u64,
    pub received: u64,
    pub part_size: u32,
    /// The lasting one.
    pub state: ImportState,
    /// What is done with it, if somebody does, and until when they have it.
    pub activity: Option<(ImportState, Timestamp)>,
    pub done: u64,
    pub total: u64,
    pub details: ImportDetails,
    pub created_by: EventActor,
    pub takes_all: bool,
    pub is_local: bool,
    pub created_at: Timestamp,
}

impl StoredImport {
    /// Whether it changes admins, too.
    #[must_use]
    pub fn governs(&self) -> bool {
        self.takes_all && self.created_by.kind != ActorKind::Token
    }

    /// Whether all of its file is there.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.is_local && self.received == self.size
    }
}

/// A row of `imports` as it was read.
#[derive(Debug)]
pub struct StoredRow<M> {
    pub seq: i64,
    pub id: Uuid,
    pub file: String,
    pub size: i64,
    pub received: i64,
    pub part_size: i64,
    pub state: String,
    pub activity: Option<String>,
    pub active_until: Option<M>,
    pub done: i64,
    pub total: i64,
    pub details: String,
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    pub actor_name: Option<String>,
    pub takes_all: bool,
    pub is_local: bool,
    pub created_at: M,
}

impl<M: Moment> TryFrom<StoredRow<M>> for StoredImport {
    type Error = AppError;

    fn try_from(row: StoredRow<M>) -> Result<Self, AppError> {
        let activity = row.activity.map(|activity| activity.parse()).transpose().map_err(AppError::internal)?;
        let until = row.active_until.map(M::stored).transpose()?;
        Ok(Self {
            seq: row.seq,
            id: ImportId(row.id),
            file: row.file,
            size: row.size.unsigned_abs(),
            received: row.received.unsigned_abs(),
            part_size: u32::try_from(row.part_size).map_err(AppError::internal)?,
            state: row.state.parse().map_err(AppError::internal)?,
            activity: activity.zip(until),
            done: row.done.unsigned_abs(),
            total: row.total.unsigned_abs(),
            details: serde_json::from_str(&row.details).map_err(AppError::internal)?,
            created_by: EventActor {
                kind: row.actor_kind.parse().map_err(AppError::internal)?,
                id: row.actor_id,
                name: row.actor_name,
            },
            takes_all: row.takes_all,
            is_local: row.is_local,
            created_at: row.created_at.stored()?,
        })
    }
}

/// A row of a file, read: somebody, or what is wrong with it.
#[derive(Debug, Clone)]
pub struct StagedRow {
    pub line: u64,
    pub person: Result<StagedPerson, Vec<RowError>>,
}

/// Somebody in a file, with the keys that they would have.
#[derive(Debug, Clone)]
pub struct StagedPerson {
    /// Under which they would be created.
    pub id: UserId,
    /// The file says so.
    pub has_id: bool,
    pub name: String,
    pub email: String,
    pub name_key: String,
    pub email_key: String,
    pub search: String,
    pub version: Option<i64>,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
}

impl StagedPerson {
    #[must_use]
    pub fn new(id: UserId, user: &NewUser) -> Self {
        let (name, email) = (user.name().as_str(), user.email().as_str());
        Self {
            id,
            has_id: false,
            name: name.to_owned(),
            email: email.to_owned(),
            name_key: user.name().key(),
            email_key: user.email().key(),
            search: search_text(name, email),
            version: None,
            created_at: user.created_at(),
            updated_at: None,
            deleted_at: None,
        }
    }
}

/// What is stored of what is wrong with a row.
#[must_use]
pub fn errors_json(errors: &[RowError]) -> String {
    let errors: Vec<_> = errors.iter().map(|error| (&error.column, &error.value, &error.message)).collect();
    json!(errors).to_string()
}

/// A row of a file beside whom it meets, as they were read together.
#[derive(Debug)]
pub struct MetRow<M> {
    pub line: i64,
    pub outcome: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub created_at: Option<M>,
    pub errors: Option<String>,
    pub duplicate_of: Option<i64>,
    /// Who has its address, or its id.
    pub user_id: Option<Uuid>,
    pub user_name: Option<String>,
    pub user_email: Option<String>,
    pub user_created_at: Option<M>,
}

impl<M: Moment> TryFrom<MetRow<M>> for ImportRow {
    type Error = AppError;

    fn try_from(row: MetRow<M>) -> Result<Self, AppError> {
        let outcome: RowOutcome = row.outcome.parse().map_err(AppError::internal)?;
        let errors: Vec<(String, String, String)> = match &row.errors {
            Some(errors) => serde_json::from_str(errors).map_err(AppError::internal)?,
            None => Vec::new(),
        };
        let created_at = row.created_at.map(M::stored).transpose()?;
        let user_created_at = row.user_created_at.map(M::stored).transpose()?;
        let changes = match (outcome, &row.name, &row.email, &row.user_name, &row.user_email) {
            (RowOutcome::Changed, Some(name), Some(email), Some(was), Some(was_at)) => {
                changes((was.as_str(), was_at, user_created_at), (name.as_str(), email, created_at))
            }
            _ => Vec::new(),
        };
        let mut errors: Vec<RowError> =
            errors.into_iter().map(|(column, value, message)| RowError { column, value, message }).collect();
        errors.extend(
            row.user_email
                .as_deref()
                .zip(row.user_id)
                .filter(|_| outcome == RowOutcome::Taken)
                .map(|(holder, id)| in_the_way(row.email.as_deref().unwrap_or_default(), holder, id)),
        );
        Ok(Self {
            line: row.line.unsigned_abs(),
            outcome,
            name: row.name,
            email: row.email,
            user: row.user_id.map(UserId),
            changes,
            errors,
            duplicate_of: row.duplicate_of.map(i64::unsigned_abs),
        })
    }
}

/// Why somebody stands in the way of a row.
fn in_the_way(email: &str, holder: &str, id: Uuid) -> RowError {
    let (column, value, message) = if Email::key_of(email) == Email::key_of(holder) {
        ("email", email.to_owned(), "belongs to an admin, whom only an admin may change")
    } else {
        ("id", id.to_string(), "belongs to somebody else in the directory, or in its trash")
    };
    RowError { column: column.to_owned(), value, message: message.to_owned() }
}

/// What a row changes of somebody: their name, their address, since when they are there.
#[must_use]
pub fn changes(was: (&str, &str, Option<Timestamp>), becomes: (&str, &str, Option<Timestamp>)) -> Vec<Change> {
    let change =
        |field: &str, from: String, to: String| Change { field: field.to_owned(), from: Some(from), to: Some(to) };
    let mut changes = Vec::new();
    for (field, from, to) in [("name", was.0, becomes.0), ("email", was.1, becomes.1)] {
        if from != to {
            changes.push(change(field, from.to_owned(), to.to_owned()));
        }
    }
    if let (Some(from), Some(to)) = (was.2, becomes.2)
        && from != to
    {
        changes.push(change("created_at", from.to_string(), to.to_string()));
    }
    changes
}

/// Somebody whom a row changes, as both were read together.
#[derive(Debug)]
pub struct ChangedRow<M> {
    pub id: Uuid,
    pub was_name: String,
    pub was_email: String,
    pub was_created_at: M,
    pub name: String,
    pub email: String,
    pub created_at: Option<M>,
}

impl<M: Moment + Copy> ChangedRow<M> {
    /// What the trail is told of it.
    ///
    /// # Errors
    /// `Internal` when something else than Rollcall wrote a time.
    pub fn event(&self, of: &EventRecord) -> Result<EventRecord, AppError> {
        let was_at = Some(self.was_created_at.stored()?);
        let at = self.created_at.map(M::stored).transpose()?;
        let changes = changes((&self.was_name, &self.was_email, was_at), (&self.name, &self.email, at));
        Ok(EventRecord { changes, action: Action::UserUpdated, ..of.clone() }.about(UserId(self.id)))
    }
}

/// What an import did to somebody, as it was read with them.
#[derive(Debug)]
pub struct DoneRow<M> {
    pub seq: i64,
    pub action: String,
    pub changes: String,
    pub is_over: bool,
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub version: i64,
    pub created_at: M,
    pub updated_at: M,
    pub deleted_at: Option<M>,
}

impl<M: Moment> TryFrom<DoneRow<M>> for Done {
    type Error = AppError;

    fn try_from(row: DoneRow<M>) -> Result<Self, AppError> {
        let DoneRow { seq, action, changes, is_over, id, name, email, version, created_at, updated_at, deleted_at } =
            row;
        let user = User::try_from(UserRow { id, name, email, version, created_at, updated_at, deleted_at })?;
        let is_new = action == Action::UserCreated.as_str();
        Ok(Self { seq, user, is_new, is_over, changes: changes_of(&changes)? })
    }
}
