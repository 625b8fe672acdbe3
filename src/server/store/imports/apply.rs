//! Applying the rows of an import, in the same steps on both databases.

use async_trait::async_trait;

use crate::{
    domain::{AppError, ImportId, ImportMode, Timestamp, UserId},
    server::store::EventRecord,
};

/// The part of an [`ImportTransaction`](super::ImportTransaction) that applies rows.
#[async_trait]
pub trait Apply: Send {
    /// Applies the next rows after a line. The event names the actor. `None` at the end of the file.
    async fn apply(
        &mut self,
        after: u64,
        how: &ApplyOptions,
        event: &EventRecord,
    ) -> Result<Option<Applied>, AppError> {
        let Some(chunk) = self.chunk_after(after.cast_signed()).await? else { return Ok(None) };
        let updates = match how.mode {
            ImportMode::Update => self.updates(&chunk, how, event).await?,
            ImportMode::Insert => Vec::new(),
        };
        if !updates.is_empty() {
            self.update(&chunk, how, &updates).await?;
        }
        let new = self.insert(&chunk, how, event).await?;
        let (line, rows) = (chunk.last.unsigned_abs(), chunk.rows.unsigned_abs());
        Ok(Some(Applied { line, rows, new, changed: updates.len() as u64 }))
    }

    /// The next rows after a line.
    async fn chunk_after(&mut self, line: i64) -> Result<Option<Chunk>, AppError>;

    /// Locks the existing users, matched by address, whose values differ from those of the file; an event for each.
    async fn updates(
        &mut self,
        chunk: &Chunk,
        how: &ApplyOptions,
        event: &EventRecord,
    ) -> Result<Vec<EventRecord>, AppError>;

    /// Updates the users of these events with the values of the file, and records it.
    async fn update(&mut self, chunk: &Chunk, how: &ApplyOptions, events: &[EventRecord]) -> Result<(), AppError>;

    /// Creates the other users, and records it. Returns their number.
    async fn insert(&mut self, chunk: &Chunk, how: &ApplyOptions, event: &EventRecord) -> Result<u64, AppError>;
}

/// Consecutive rows of a file, which one statement applies.
#[derive(Debug, Clone, Copy)]
pub struct Chunk {
    /// The line before the first row.
    pub after: i64,
    /// The line of the last row.
    pub last: i64,
    /// The number of rows.
    pub rows: i64,
}

/// Parameters of `Apply::apply`.
#[derive(Debug, Clone, Copy)]
pub struct ApplyOptions {
    pub import: ImportId,
    pub mode: ImportMode,
    pub may_change_admins: bool,
    pub now: Timestamp,
}

/// Rows that were applied.
#[derive(Debug, Clone, Copy, Default)]
pub struct Applied {
    /// The line of the last row.
    pub line: u64,
    pub rows: u64,
    pub new: u64,
    pub changed: u64,
}

/// The users that events are about.
pub fn users_of(events: &[EventRecord]) -> impl Iterator<Item = UserId> {
    events.iter().filter_map(|event| event.user)
}
