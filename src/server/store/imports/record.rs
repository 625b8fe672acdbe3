//! The record of an import.

use serde::{Deserialize, Serialize};
use sqlx::types::Uuid;

use crate::{
    domain::{
        ActorKind, AppError, ChosenColumns, EventActor, FileColumn, FileFormat, ImportCounts, ImportId, ImportMode,
        ImportState, Timestamp,
    },
    server::store::row::Moment,
};

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
    /// Whether ids, times and versions in the file are used.
    pub uses_all_fields: bool,
    /// Whether the command line reads the file.
    pub is_local: bool,
    pub now: Timestamp,
    /// The lease of a command, which begins at once.
    pub active_until: Option<Timestamp>,
}

/// The part of an import that is stored as JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportDetails {
    pub chosen: ChosenColumns,
    pub problem: Option<String>,
    pub format: Option<FileFormat>,
    pub columns: Vec<FileColumn>,
    pub counts: Option<ImportCounts>,
    /// The last event of the audit trail before the rows were counted.
    pub counted_after: i64,
    pub mode: Option<ImportMode>,
    /// The last event of the audit trail that belongs to it.
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
    /// The persistent state.
    pub state: ImportState,
    /// The current activity, and the end of its lease.
    pub activity: Option<(ImportState, Timestamp)>,
    pub done: u64,
    pub total: u64,
    pub details: ImportDetails,
    pub created_by: EventActor,
    pub uses_all_fields: bool,
    pub is_local: bool,
    pub created_at: Timestamp,
}

impl StoredImport {
    /// Whether the import may change admins.
    #[must_use]
    pub fn may_change_admins(&self) -> bool {
        self.uses_all_fields && self.created_by.kind != ActorKind::Token
    }

    /// Whether its file was uploaded completely.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.is_local && self.received == self.size
    }
}

/// A row of `imports`.
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
            uses_all_fields: row.takes_all,
            is_local: row.is_local,
            created_at: row.created_at.stored()?,
        })
    }
}
