//! The stored record of an import: its creation, the permission to act on it, and its public view.

use super::Imports;
use crate::{
    domain::{AppError, Import, ImportId, ImportProgress, NewImport},
    server::{
        services::identity::{Actor, Identity},
        store::{ImportDetails, ImportRecord, StoredImport},
    },
};

impl Imports {
    pub(super) async fn stored(&self, id: ImportId) -> Result<StoredImport, AppError> {
        self.store.import(id).await?.ok_or_else(AppError::no_such_import)
    }

    pub(super) fn record(&self, actor: &Actor, new: &NewImport) -> Result<ImportRecord, AppError> {
        let actor_id = match &actor.identity {
            Identity::Member(member) => Some(member.id.0),
            Identity::Token { id, .. } => Some(id.0),
            Identity::Anonymous | Identity::AnonymousReader | Identity::Operator => None,
        };
        Ok(ImportRecord {
            id: ImportId(self.ids.next()),
            file: new.file.trim().to_owned(),
            size: new.size,
            part_size: new.part_size,
            details: ImportDetails { chosen: new.columns.clone(), ..ImportDetails::default() },
            actor_kind: actor.kind(),
            actor_id,
            uses_all_fields: actor.may_administer().is_ok(),
            is_local: false,
            now: self.clock.now()?,
            active_until: None,
        })
    }

    /// An import that takes over ids, times and versions can only be applied by an actor who could have created it.
    pub(super) fn ensure_may_apply(actor: &Actor, import: &StoredImport) -> Result<(), AppError> {
        actor.may_write()?;
        if import.uses_all_fields {
            actor.may_administer()?;
        }
        if import.may_change_admins() {
            actor.may_manage_access()?;
        }
        Ok(())
    }

    /// The public view of an import. Its state is the current activity of this or another process, if there is one.
    pub(super) fn view(&self, import: StoredImport) -> Result<Import, AppError> {
        let now = self.clock.now()?;
        let reported = import.activity.filter(|(_, until)| *until > now);
        let reported = reported
            .map(|(activity, _)| (activity, ImportProgress { done: import.done, total: import.total, rate: 0 }));
        let activity = self.running.find(import.id).map(|task| (task.activity, task.progress())).or(reported);
        let details = import.details;
        Ok(Import {
            id: import.id,
            file: import.file,
            size: import.size,
            received: import.received,
            part_size: import.part_size,
            state: activity.map_or(import.state, |(state, _)| state),
            progress: activity.map(|(_, progress)| progress),
            problem: details.problem,
            format: details.format,
            columns: details.columns,
            counts: details.counts,
            mode: details.mode,
            created_by: import.created_by,
            created_at: import.created_at,
            applied_at: details.applied_at,
            undone_at: details.undone_at,
            longest_wait_ms: details.longest_wait_ms,
            kept: details.kept,
        })
    }
}
