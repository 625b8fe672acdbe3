//! Undoes an import in one transaction. Users who were changed since are kept as they are.

use super::{Imports, RunningTask, check::retry_while_busy, wrong_state};
use crate::{
    domain::{Action, AppError, Import, ImportId, ImportState, Timestamp, User, UserForm, UserPatch, revert},
    server::{
        foundation::telemetry::log_cause,
        services::identity::Actor,
        store::{EventRecord, ImportDetails, ImportedChange, StoredImport, UndoOptions, UndoStep, UserRecord},
    },
};

impl Imports {
    /// Starts to undo an applied import in a background task.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it is not applied; `Unauthorized`, `Forbidden`, `Unavailable`,
    /// `Internal`.
    pub async fn undo(&self, actor: &Actor, id: ImportId) -> Result<Import, AppError> {
        actor.may_write()?;
        let import = self.stored(id).await?;
        Self::ensure_may_apply(actor, &import)?;
        if import.state != ImportState::Applied {
            return Err(wrong_state("must be applied before it can be undone"));
        }
        let total = import.details.counts.map_or(0, |counts| counts.new + counts.changed);
        let Some(task) = self.claim(&import, ImportState::Undoing, total).await? else {
            return Err(wrong_state("is already in progress"));
        };
        let (imports, actor, started) = (self.clone(), actor.clone(), import.clone());
        tokio::spawn(async move {
            let undone = imports.run_undo(&actor, &started, &task).await;
            imports.end_undo(&started, undone).await;
            imports.running.end(started.id);
        });
        self.view(import)
    }

    /// Returns whether the import was undone.
    async fn run_undo(&self, actor: &Actor, import: &StoredImport, task: &RunningTask) -> Result<bool, AppError> {
        let mut transaction = retry_while_busy(|| self.store.begin_import_transaction(import.seq)).await?;
        let now = self.clock.now()?;
        let how = UndoOptions { import: import.id, may_change_admins: import.may_change_admins() };
        let event = actor.event(Action::ImportUndone, now).about_import(import.id);
        let (mut after, mut back, mut kept) = (0, 0_u64, 0_u64);
        loop {
            let changes = transaction.changes_to_undo(after, import.details.last_event, &how).await?;
            let Some(last) = changes.last() else { break };
            after = last.seq;
            task.add_done(changes.len() as u64);
            kept += changes.iter().filter(|change| change.is_kept).count() as u64;
            let steps = changes.iter().filter_map(|change| step(change, &event, now));
            let (steps, events): (Vec<UndoStep>, Vec<EventRecord>) =
                steps.collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
            back += steps.len() as u64;
            transaction.undo(&steps, now, &events).await?;
            if !self.should_continue(import, task).await? {
                return Ok(false);
            }
        }
        let details = ImportDetails { problem: None, undone_at: Some(now), kept: Some(kept), ..import.details.clone() };
        let event = event.changing("file", Some(&import.file), None).changing("people", Some(&back.to_string()), None);
        let _changing = self.epochs.changing_all_users();
        transaction.commit(ImportState::Applied, ImportState::Undone, &details, &event).await
    }

    async fn end_undo(&self, import: &StoredImport, undone: Result<bool, AppError>) {
        let problem = match undone {
            Ok(true) => return,
            Ok(false) => None,
            Err(error) => {
                log_cause(&error);
                Some(error.to_string())
            }
        };
        let details = ImportDetails { problem, ..import.details.clone() };
        let Ok(now) = self.clock.now() else { return };
        let released =
            retry_while_busy(|| self.store.release_import(import.seq, ImportState::Applied, &details, now)).await;
        if let Err(error) = released {
            log_cause(&error);
        }
    }
}

/// The change that undoes another, and its audit event; `None` if there is nothing to undo.
fn step(
    change: &ImportedChange,
    event: &EventRecord,
    now: Timestamp,
) -> Option<Result<(UndoStep, EventRecord), AppError>> {
    if change.is_kept || change.user.deleted_at.is_some() {
        return None;
    }
    let id = change.user.id;
    if change.is_new {
        let event = EventRecord { action: Action::UserDeleted, ..event.clone() }.about(id);
        return Some(Ok((UndoStep::Deleted(id), event)));
    }
    Some(former(change).map(|former| {
        let User { profile, created_at, .. } = &change.user;
        let event = EventRecord { action: Action::UserUpdated, ..event.clone() }.about(id);
        let event = event.changing_profile(profile, former.profile());
        let event = event.changing("created_at", Some(&created_at.to_string()), Some(&former.created_at.to_string()));
        (UndoStep::Changed(UserRecord { updated_at: now, ..former }), event)
    }))
}

/// The user as they were before the import.
fn former(change: &ImportedChange) -> Result<UserRecord, AppError> {
    let profile = revert(&change.user.profile, &change.changes);
    let patch = UserPatch::from(UserForm::from(profile).parse().map_err(AppError::internal)?);
    let record = UserRecord::patched(&change.user, &patch, change.user.updated_at);
    let was = change.changes.iter().find(|field| field.field == "created_at").and_then(|field| field.from.as_ref());
    let created_at = was.map(|at| Timestamp::parse("created_at", at)).transpose();
    let created_at = created_at.map_err(AppError::internal)?.unwrap_or(change.user.created_at);
    Ok(UserRecord { created_at, ..record })
}
