//! The rows of an import's file, compared with the directory.

use serde_json::json;
use sqlx::types::Uuid;

use super::Done;
use crate::{
    domain::{
        Action, AppError, Change, Email, ImportRow, NewUser, RowError, RowOutcome, Timestamp, User, UserId, search_text,
    },
    server::store::{
        EventRecord,
        events::changes_of,
        row::{Moment, UserRow},
    },
};

/// A parsed row of a file: a person, or the errors of the row.
#[derive(Debug, Clone)]
pub struct StagedRow {
    pub line: u64,
    pub person: Result<StagedPerson, Vec<RowError>>,
}

/// A person in a file, with derived columns.
#[derive(Debug, Clone)]
pub struct StagedPerson {
    /// The id of the user to be created.
    pub id: UserId,
    /// Whether the file sets the id.
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

/// The errors of a row as they are stored.
#[must_use]
pub fn errors_json(errors: &[RowError]) -> String {
    let errors: Vec<_> = errors.iter().map(|error| (&error.column, &error.value, &error.message)).collect();
    json!(errors).to_string()
}

/// A row of a file joined with the user it matches.
#[derive(Debug)]
pub struct MetRow<M> {
    pub line: i64,
    pub outcome: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub created_at: Option<M>,
    pub errors: Option<String>,
    pub duplicate_of: Option<i64>,
    /// The user with the row's address or id.
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

/// Why a user prevents a row from being applied.
fn in_the_way(email: &str, holder: &str, id: Uuid) -> RowError {
    let (column, value, message) = if Email::key_of(email) == Email::key_of(holder) {
        ("email", email.to_owned(), "belongs to an admin, whom only an admin may change")
    } else {
        ("id", id.to_string(), "belongs to somebody else in the directory, or in its trash")
    };
    RowError { column: column.to_owned(), value, message: message.to_owned() }
}

/// The changes that a row makes to a user: name, address, time of creation.
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

/// A user joined with the row that changes them.
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
    /// The event that records the change.
    ///
    /// # Errors
    /// `Internal` when a stored time is out of range.
    pub fn event(&self, of: &EventRecord) -> Result<EventRecord, AppError> {
        let was_at = Some(self.was_created_at.stored()?);
        let at = self.created_at.map(M::stored).transpose()?;
        let changes = changes((&self.was_name, &self.was_email, was_at), (&self.name, &self.email, at));
        Ok(EventRecord { changes, action: Action::UserUpdated, ..of.clone() }.about(UserId(self.id)))
    }
}

/// An event of an import joined with its user.
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
