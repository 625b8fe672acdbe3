//! The rows that an import skips, as a file to correct and import again. They are cut from the original file, so that
//! all columns are preserved.

use std::{collections::VecDeque, fmt, sync::Arc};

use super::{Imports, Source, source::Parts};
use crate::{
    domain::{
        AppError, FieldErrors, ImportId, ImportMode, ImportRow, ImportState, ListImportRows, RowError, RowOutcome,
    },
    server::{
        services::identity::Actor,
        store::{Store, StoredImport},
    },
    user_file::{AllowedFields, Reader, Row},
};

/// The number of bytes parsed at once, which must hold fewer rows than one lookup returns.
const SLICE: usize = 2 * 1024;

impl Imports {
    /// Starts to read the rows that an import skips; `mode` applies unless the import is applied. The file comes from
    /// `source`, or else from its uploaded parts.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` for an import that is not checked; `Gone` when its file was deleted; `Unauthorized`,
    /// `Forbidden`, `Unavailable`, `Internal`.
    pub async fn rejected(
        &self,
        actor: &Actor,
        id: ImportId,
        mode: ImportMode,
        source: Option<Box<dyn Source>>,
    ) -> Result<RejectedRows, AppError> {
        actor.may_write()?;
        let import = self.stored(id).await?;
        if !matches!(import.state, ImportState::Checked | ImportState::Applied | ImportState::Undone) {
            return Err(AppError::Conflict(FieldErrors::one("import", "state", "must be checked")));
        }
        if source.is_none() && !import.is_whole() {
            return Err(AppError::Gone("The file is no longer stored.".to_owned()));
        }
        let source = source.unwrap_or_else(|| Box::new(Parts::of(&self.store, import.seq)));
        Ok(RejectedRows::new(self.store.clone(), import, mode, source))
    }
}

/// A file of skipped rows, generated piece by piece.
pub struct RejectedRows {
    store: Arc<dyn Store>,
    import: StoredImport,
    source: Option<Box<dyn Source>>,
    reader: Reader,
    /// The next rows of each outcome that is skipped, in file order.
    due: Vec<Due>,
    has_begun: bool,
}

/// The next rows of an outcome.
struct Due {
    outcome: RowOutcome,
    rows: VecDeque<ImportRow>,
    after: u64,
    is_last: bool,
}

impl RejectedRows {
    fn new(store: Arc<dyn Store>, import: StoredImport, mode: ImportMode, source: Box<dyn Source>) -> Self {
        let allowed = if import.uses_all_fields { AllowedFields::Everything } else { AllowedFields::Profile };
        let reader = Reader::new(import.details.chosen.clone(), allowed);
        let mut outcomes = vec![RowOutcome::Invalid, RowOutcome::Duplicate, RowOutcome::Taken];
        if import.details.mode.unwrap_or(mode) == ImportMode::Insert {
            outcomes.push(RowOutcome::Changed);
        }
        let due = |outcome| Due { outcome, rows: VecDeque::new(), after: 0, is_last: false };
        let due = outcomes.into_iter().map(due).collect();
        Self { store, import, source: Some(source), reader, due, has_begun: false }
    }

    /// The next piece of the file; `None` at its end.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`: the file is truncated.
    pub async fn next(&mut self) -> Result<Option<String>, AppError> {
        let Some(source) = &mut self.source else { return Ok(None) };
        let chunk = source.next().await?;
        let mut text = String::new();
        if let Some(chunk) = &chunk {
            for slice in chunk.bytes.chunks(SLICE) {
                self.look_up().await?;
                self.read(Some(slice), &mut text)?;
            }
        } else {
            self.source = None;
            self.look_up().await?;
            self.read(None, &mut text)?;
        }
        if !self.has_begun
            && let Some(heading) = self.reader.rejected_heading()
        {
            self.has_begun = true;
            text.insert_str(0, &heading);
        }
        Ok(Some(text))
    }

    fn read(&mut self, slice: Option<&[u8]>, text: &mut String) -> Result<(), AppError> {
        let due = &mut self.due;
        let mut on_row = |row: Row<'_>| {
            for due in due.iter_mut() {
                if let Some(rejected) = due.rows.pop_front_if(|rejected| rejected.line == row.line) {
                    text.push_str(&row.rejected(&problem(&rejected)));
                }
            }
        };
        let read = match slice {
            Some(slice) => self.reader.read(slice, &mut on_row),
            None => self.reader.finish(&mut on_row),
        };
        read.map_err(AppError::internal)
    }

    /// Looks up more rows than the next slice can contain.
    async fn look_up(&mut self) -> Result<(), AppError> {
        for due in &mut self.due {
            if due.is_last || due.rows.len() > SLICE / 3 {
                continue;
            }
            let per_page = ListImportRows::MAX_PER_PAGE;
            let list = ListImportRows { outcome: due.outcome, after: due.after, per_page };
            let rows = self.store.import_rows(&self.import, list, self.import.may_change_admins()).await?;
            due.is_last = rows.len() < per_page as usize;
            due.after = rows.last().map_or(due.after, |row| row.line);
            due.rows.extend(rows);
        }
        Ok(())
    }
}

/// The errors of a row as a sentence.
#[must_use]
pub fn problem(row: &ImportRow) -> String {
    if let Some(line) = row.duplicate_of {
        return format!("line {line} has the same address or id");
    }
    if row.errors.is_empty() {
        let changes = row
            .changes
            .iter()
            .map(|change| format!("{} is {}", change.field, change.from.as_deref().unwrap_or_default()));
        return format!(
            "is already in the directory with different values: {}",
            changes.collect::<Vec<_>>().join("; ")
        );
    }
    let errors = row.errors.iter().map(|RowError { column, value, message }| match (&**column, &**value) {
        ("", _) => message.clone(),
        (column, "") => format!("{column} {message}"),
        (column, value) => format!("{column} {message} ({value})"),
    });
    errors.collect::<Vec<_>>().join("; ")
}

impl fmt::Debug for RejectedRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RejectedRows").field("import", &self.import.id).finish_non_exhaustive()
    }
}
