//! The service for imports: a file is uploaded in parts, compared with the directory, and applied or undone as a whole.
//! Long operations run in background tasks that report their progress.

mod apply;
mod check;
mod record;
mod rejected;
mod running;
mod source;
mod undo;

pub use rejected::{RejectedRows, problem};
pub use source::{Chunk, FileSource, Source};

use std::{fmt, sync::Arc};

use bytes::Bytes;
use chrono::TimeDelta;

use self::{
    running::{RunningTask, RunningTasks},
    source::Parts,
};
use super::{identity::Actor, invalidation::Epochs};
use crate::{
    domain::{
        AppError, ChosenColumns, FieldErrors, Import, ImportId, ImportProgress, ImportRow, ImportState, ListImportRows,
        NewImport, Timestamp,
    },
    server::{
        foundation::{
            clock::{Clock, Ids},
            limits::LISTED_IMPORTS,
        },
        store::{Claim, ImportDetails, Store, StoredImport},
    },
};

#[derive(Clone)]
pub struct Imports {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    running: RunningTasks,
    epochs: Epochs,
}

impl Imports {
    /// How long a lease lasts without renewal; then the import counts as abandoned.
    const LEASE: TimeDelta = TimeDelta::seconds(15);

    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self { store, clock, ids, running: RunningTasks::default(), epochs: Epochs::default() }
    }

    /// The same service, whose changes invalidate caches.
    #[must_use]
    pub fn with_invalidation(self, epochs: Epochs) -> Self {
        Self { epochs, ..self }
    }

    /// Creates an import, whose file is uploaded next.
    ///
    /// # Errors
    /// `Invalid`; `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn begin(&self, actor: &Actor, new: &NewImport) -> Result<Import, AppError> {
        actor.may_write()?;
        new.check()?;
        let record = self.record(actor, new)?;
        self.store.create_import(&record).await?;
        self.get(actor, record.id).await
    }

    /// Saves a part of the file, numbered from 1, replacing an earlier upload of that part. The last part starts the
    /// check.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for a part of the wrong length; `Conflict` when the upload is complete; `Unauthorized`,
    /// `Forbidden`, `Unavailable`, `Internal`.
    pub async fn put_part(&self, actor: &Actor, id: ImportId, part: u32, bytes: Bytes) -> Result<Import, AppError> {
        actor.may_write()?;
        let import = self.stored(id).await?;
        let parts = import.size.div_ceil(import.part_size.into());
        if part == 0 || u64::from(part) > parts {
            return Err(FieldErrors::one("part", "out_of_range", format!("must be 1 to {parts}")).into());
        }
        let due = u64::from(import.part_size).min(import.size - u64::from(part - 1) * u64::from(import.part_size));
        if bytes.len() as u64 != due {
            let message = format!("must have {due} bytes in part {part}; it has {}", bytes.len());
            return Err(FieldErrors::one("body", "length", message).into());
        }
        if !self.store.put_part(import.seq, part, &bytes).await? {
            return Err(wrong_state("no longer accepts parts"));
        }
        self.get(actor, id).await
    }

    /// The current state of an import.
    ///
    /// # Errors
    /// `NotFound`; `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn get(&self, actor: &Actor, id: ImportId) -> Result<Import, AppError> {
        actor.may_write()?;
        let mut import = self.stored(id).await?;
        // The upload has just completed, or the process that checked the file has died.
        if import.state == ImportState::Receiving && import.is_whole() && self.running.find(id).is_none() {
            self.start_check(&import, Parts::of(&self.store, import.seq)).await?;
            import = self.stored(id).await?;
        }
        self.view(import)
    }

    /// The latest imports, the newest first.
    ///
    /// # Errors
    /// `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<Import>, AppError> {
        actor.may_write()?;
        self.store.imports(LISTED_IMPORTS).await?.into_iter().map(|import| self.view(import)).collect()
    }

    /// The rows of a checked file compared with the directory; of an applied import, its rejected rows.
    ///
    /// # Errors
    /// `NotFound`; `Invalid`; `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn rows(&self, actor: &Actor, id: ImportId, list: ListImportRows) -> Result<Vec<ImportRow>, AppError> {
        actor.may_write()?;
        let import = self.stored(id).await?;
        self.store.import_rows(&import, list, import.may_change_admins()).await
    }

    /// Checks the file again with another mapping of columns to fields.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it is being applied or was applied; `Unauthorized`, `Forbidden`, `Unavailable`,
    /// `Internal`.
    pub async fn choose_columns(&self, actor: &Actor, id: ImportId, chosen: ChosenColumns) -> Result<Import, AppError> {
        actor.may_write()?;
        let mut import = self.stored(id).await?;
        if !matches!(import.state, ImportState::Checked | ImportState::Failed) || import.is_local {
            return Err(wrong_state(
                "can have its columns changed only after its file was read and before it is applied",
            ));
        }
        let now = self.clock.now()?;
        let claim = Claim { activity: ImportState::Checking, total: 0, now, until: now.plus(Self::LEASE) };
        if !self.store.claim_import(import.seq, import.state, claim).await? {
            return Err(wrong_state("is already in progress"));
        }
        // The state after the last part was uploaded: if this process dies, another one resumes the check.
        import.details = ImportDetails { chosen, ..ImportDetails::default() };
        import.state = ImportState::Receiving;
        self.store.release_import(import.seq, import.state, &import.details, now).await?;
        self.start_check(&import, Parts::of(&self.store, import.seq)).await?;
        self.get(actor, id).await
    }

    /// Cancels an import that was not applied, and deletes its file.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it is applied; `Unauthorized`, `Forbidden`, `Unavailable`,
    /// `Internal`.
    pub async fn cancel(&self, actor: &Actor, id: ImportId) -> Result<Import, AppError> {
        actor.may_write()?;
        let import = self.stored(id).await?;
        if let Some(task) = self.running.find(id) {
            task.cancel();
            task.ended().await;
        }
        if !self.store.cancel_import(import.seq, self.clock.now()?).await? {
            return Err(wrong_state("has been applied: it can only be undone"));
        }
        self.view(self.stored(id).await?)
    }

    /// Waits for this process to finish its task on an import, and reports the progress.
    pub async fn watch(&self, id: ImportId, mut on: impl FnMut(ImportProgress)) {
        while let Some(task) = self.running.find(id) {
            on(task.progress());
            task.ended_within(std::time::Duration::from_millis(100)).await;
        }
    }

    /// Deletes abandoned imports: those not applied in time, and leftovers of commands.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn prune(&self) -> Result<(), AppError> {
        prune(self.store.as_ref(), self.clock.now()?).await
    }

    /// Leases an import, unless another process has a lease.
    async fn claim(
        &self,
        import: &StoredImport,
        activity: ImportState,
        total: u64,
    ) -> Result<Option<Arc<RunningTask>>, AppError> {
        let now = self.clock.now()?;
        let claim = Claim { activity, total, now, until: now.plus(Self::LEASE) };
        if !self.store.claim_import(import.seq, import.state, claim).await? {
            return Ok(None);
        }
        Ok(Some(self.running.begin(import.id, activity, total)))
    }

    /// Renews the lease now and then. Returns whether the work is still wanted.
    async fn should_continue(&self, import: &StoredImport, task: &RunningTask) -> Result<bool, AppError> {
        if task.is_cancelled() {
            return Ok(false);
        }
        if !task.is_renewal_due() {
            return Ok(true);
        }
        let ImportProgress { done, total, .. } = task.progress();
        self.store.renew_import(import.seq, done, total, self.clock.now()?.plus(Self::LEASE)).await
    }
}

/// `Imports::prune` for maintenance, which has no service.
///
/// # Errors
/// `Unavailable`, `Internal`.
pub async fn prune(store: &dyn Store, now: Timestamp) -> Result<(), AppError> {
    let before = now.minus(TimeDelta::days(Import::RETENTION_DAYS.into()));
    while store.prune_imports(before, now).await? {}
    Ok(())
}

/// A `Conflict` for an import in the wrong state.
fn wrong_state(message: &str) -> AppError {
    AppError::Conflict(FieldErrors::one("import", "state", message))
}

impl fmt::Debug for Imports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Imports").finish_non_exhaustive()
    }
}
