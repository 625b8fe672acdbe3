//! Applies the rows of a checked file in one transaction.

use super::{Imports, RunningTask, check::retry_while_busy, wrong_state};
use crate::{
    domain::{Action, AppError, ApplyImport, FieldErrors, Import, ImportCounts, ImportId, ImportMode, ImportState},
    server::{
        foundation::telemetry::log_cause,
        services::identity::Actor,
        store::{ApplyOptions, ImportDetails, StoredImport},
    },
};

/// The error when the directory has changed since the rows were counted.
const STALE: &str =
    "The directory has changed since the rows were counted. Check the new counts, then apply the import.";

impl Imports {
    /// Starts to apply a checked import in a background task.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it is not checked, or rows would be skipped without permission; `Unauthorized`,
    /// `Forbidden`, `Unavailable`, `Internal`.
    pub async fn apply(&self, actor: &Actor, id: ImportId, how: ApplyImport) -> Result<Import, AppError> {
        actor.may_write()?;
        let import = self.stored(id).await?;
        Self::ensure_may_apply(actor, &import)?;
        let (ImportState::Checked, Some(counts)) = (import.state, import.details.counts) else {
            return Err(wrong_state("must be checked before it can be applied"));
        };
        let rejected = counts.rejected(how.mode);
        if rejected > 0 && !how.skip_invalid {
            let message = format!("must be true: {rejected} of {} rows would be skipped", counts.rows());
            return Err(AppError::Conflict(FieldErrors::one("skip_invalid", "refused", message)));
        }
        let Some(task) = self.claim(&import, ImportState::Applying, counts.rows()).await? else {
            return Err(wrong_state("is already in progress"));
        };
        let (imports, actor, started) = (self.clone(), actor.clone(), import.clone());
        tokio::spawn(async move {
            let applied = imports.run_apply(&actor, &started, &task, how.mode, counts).await;
            imports.end_apply(&started, applied).await;
            imports.running.end(started.id);
        });
        self.view(import)
    }

    async fn run_apply(
        &self,
        actor: &Actor,
        import: &StoredImport,
        task: &RunningTask,
        mode: ImportMode,
        counts: ImportCounts,
    ) -> Result<Ended, AppError> {
        let mut transaction = retry_while_busy(|| self.store.begin_import_transaction(import.seq)).await?;
        if transaction.last_event().await? != import.details.counted_after {
            let counted = transaction.count(import.may_change_admins()).await?;
            if counted != counts {
                let counted_after = transaction.last_event().await?;
                return Ok(Ended::Stale(counted, counted_after));
            }
        }
        let how = ApplyOptions {
            import: import.id,
            mode,
            may_change_admins: import.may_change_admins(),
            now: self.clock.now()?,
        };
        let event = actor.event(Action::ImportApplied, how.now).about_import(import.id);
        let (mut line, mut new, mut changed) = (0, 0, 0);
        while let Some(applied) = transaction.apply(line, &how, &event).await? {
            line = applied.line;
            new += applied.new;
            changed += applied.changed;
            task.add_done(applied.rows);
            if !self.should_continue(import, task).await? {
                return Ok(Ended::Cancelled);
            }
        }
        if new != counts.new || (mode == ImportMode::Update && changed != counts.changed) {
            return Ok(Ended::Stale(counts, 0));
        }
        if counts.rejected(mode) > 0 {
            transaction.save_rejected(import.may_change_admins()).await?;
        }
        let details = ImportDetails {
            problem: None,
            mode: Some(mode),
            applied_at: Some(how.now),
            last_event: transaction.last_event().await?,
            longest_wait_ms: transaction.longest_wait(),
            ..import.details.clone()
        };
        let event = event.changing("file", None, Some(&import.file)).changing("created", None, Some(&new.to_string()));
        let event = event.changing("changed", None, Some(&changed.to_string()));
        let _changing = self.epochs.changing_all_users();
        let is_done = transaction.commit(ImportState::Checked, ImportState::Applied, &details, &event).await?;
        Ok(if is_done { Ended::Done } else { Ended::Cancelled })
    }

    async fn end_apply(&self, import: &StoredImport, applied: Result<Ended, AppError>) {
        let details = match applied {
            Ok(Ended::Done) => return self.clear_applied_rows(import).await,
            Ok(Ended::Cancelled) => return,
            Ok(Ended::Stale(counts, counted_after)) => ImportDetails {
                counts: Some(counts),
                counted_after,
                problem: Some(STALE.to_owned()),
                ..import.details.clone()
            },
            Err(error) => {
                log_cause(&error);
                ImportDetails { problem: Some(error.to_string()), ..import.details.clone() }
            }
        };
        let Ok(now) = self.clock.now() else { return };
        let released =
            retry_while_busy(|| self.store.release_import(import.seq, ImportState::Checked, &details, now)).await;
        if let Err(error) = released {
            log_cause(&error);
        }
    }

    /// Deletes rows that the directory now has. Maintenance deletes the rest later.
    async fn clear_applied_rows(&self, import: &StoredImport) {
        while let Ok(true) = self.store.clear_rows(import.seq, false).await {}
    }
}

/// How an attempt to apply an import ended.
enum Ended {
    Done,
    Cancelled,
    /// Nothing was written; these are the current counts.
    Stale(ImportCounts, i64),
}
