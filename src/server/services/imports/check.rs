//! Parses a file, stages its rows and compares them with the directory, in a background task. Rows are written in small
//! batches and compared by readers, so other writers do not wait for long.

use std::{sync::Arc, time::Duration};

use super::{Chunk, Imports, RunningTask, Source};
use crate::{
    domain::{AppError, Import, ImportState, NewImport, UserId},
    server::{
        foundation::{clock::Ids, telemetry::log_cause},
        services::identity::Actor,
        store::{ImportDetails, ImportRecord, StagedPerson, StagedRow, StoredImport},
    },
    user_file::{AllowedFields, FileError, FilePerson, Reader, Row},
};

/// The number of rows written at once, which limits how long other writers wait. With half as many, the round trips to
/// PostgreSQL took ten times as long as the rows.
const BATCH: usize = 4_000;
/// The number of bytes parsed at once, which limits how many more rows than a batch are in memory.
const SLICE: usize = 32 * 1024;

/// The interval of attempts to write while the database is busy, and their maximum number.
const RETRY_INTERVAL: Duration = Duration::from_millis(500);
const MAX_ATTEMPTS: u32 = 1_200;

impl Imports {
    /// Checks a file that a command reads itself, in a background task: see `watch`.
    ///
    /// # Errors
    /// `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn check_file(
        &self,
        actor: &Actor,
        new: &NewImport,
        source: impl Source + 'static,
    ) -> Result<Import, AppError> {
        actor.may_write()?;
        self.prune().await?;
        let record = ImportRecord { is_local: true, ..self.record(actor, new)? };
        self.store.create_import(&record).await?;
        let import = self.stored(record.id).await?;
        self.start_check(&import, source).await?;
        self.view(import)
    }

    /// Starts to check a file. Returns `false` if another process checks it already.
    pub(super) async fn start_check(
        &self,
        import: &StoredImport,
        source: impl Source + 'static,
    ) -> Result<bool, AppError> {
        let Some(task) = self.claim(import, ImportState::Checking, import.size).await? else { return Ok(false) };
        let (imports, import) = (self.clone(), import.clone());
        tokio::spawn(async move {
            let checked = imports.check(&import, &task, source).await;
            imports.end_check(&import, checked).await;
            imports.running.end(import.id);
        });
        Ok(true)
    }

    async fn check(
        &self,
        import: &StoredImport,
        task: &RunningTask,
        source: impl Source,
    ) -> Result<Option<ImportDetails>, AppError> {
        while retry_while_busy(|| self.store.clear_rows(import.seq, true)).await? {}
        let mut details = ImportDetails { chosen: import.details.chosen.clone(), ..ImportDetails::default() };
        let allowed = if import.uses_all_fields { AllowedFields::Everything } else { AllowedFields::Profile };
        let mut reader = Reader::new(details.chosen.clone(), allowed);
        match self.stage(import, task, source, &mut reader).await {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(ReadError::File(problem)) => details.problem = Some(problem),
            Err(ReadError::Other(error)) => return Err(error),
        }
        details.format = reader.format().cloned();
        details.columns = reader.columns().to_vec();
        if details.problem.is_none() {
            retry_while_busy(|| self.store.mark_duplicates(import.seq)).await?;
            let (counts, last) = self.store.count_rows(import.seq, import.may_change_admins()).await?;
            details.counts = Some(counts);
            details.counted_after = last;
        }
        Ok(Some(details))
    }

    /// Returns whether the file was read to its end.
    async fn stage(
        &self,
        import: &StoredImport,
        task: &RunningTask,
        mut source: impl Source,
        reader: &mut Reader,
    ) -> Result<bool, ReadError> {
        let mut rows = Vec::new();
        while let Some(Chunk { bytes, progress }) = source.next().await? {
            for slice in bytes.chunks(SLICE) {
                reader.read(slice, &mut |row| rows.push(staged(row, &self.ids)))?;
                if rows.len() >= BATCH {
                    self.write(import, &mut rows).await?;
                }
            }
            task.add_done(progress);
            if !self.should_continue(import, task).await? {
                return Ok(false);
            }
        }
        reader.finish(&mut |row| rows.push(staged(row, &self.ids)))?;
        self.write(import, &mut rows).await?;
        Ok(true)
    }

    async fn write(&self, import: &StoredImport, rows: &mut Vec<StagedRow>) -> Result<(), AppError> {
        for rows in rows.chunks(BATCH) {
            retry_while_busy(|| self.store.stage(import.seq, rows)).await?;
        }
        rows.clear();
        Ok(())
    }

    async fn end_check(&self, import: &StoredImport, checked: Result<Option<ImportDetails>, AppError>) {
        let details = match checked {
            Ok(Some(details)) => details,
            Ok(None) => return,
            Err(error) => {
                log_cause(&error);
                let problem = Some(error.to_string());
                ImportDetails { chosen: import.details.chosen.clone(), problem, ..ImportDetails::default() }
            }
        };
        let state = if details.problem.is_some() { ImportState::Failed } else { ImportState::Checked };
        let Ok(now) = self.clock.now() else { return };
        if let Err(error) = retry_while_busy(|| self.store.release_import(import.seq, state, &details, now)).await {
            log_cause(&error);
        }
    }
}

/// Why a file was not read to its end.
enum ReadError {
    File(String),
    Other(AppError),
}

impl From<FileError> for ReadError {
    fn from(error: FileError) -> Self {
        Self::File(error.to_string())
    }
}

impl From<AppError> for ReadError {
    fn from(error: AppError) -> Self {
        Self::Other(error)
    }
}

fn staged(row: Row<'_>, ids: &Arc<dyn Ids>) -> StagedRow {
    let person = row.person.map(|FilePerson { user, id, version, updated_at, deleted_at }| StagedPerson {
        has_id: id.is_some(),
        version,
        updated_at,
        deleted_at,
        ..StagedPerson::new(id.unwrap_or_else(|| UserId(ids.next())), &user)
    });
    StagedRow { line: row.line, person }
}

/// Retries while the database is busy: other writers may hold the lock for long.
pub(super) async fn retry_while_busy<T, F>(mut attempt: impl FnMut() -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, AppError>>,
{
    for _ in 1..MAX_ATTEMPTS {
        match attempt().await {
            Err(AppError::Unavailable(_)) => tokio::time::sleep(RETRY_INTERVAL).await,
            other => return other,
        }
    }
    attempt().await
}
