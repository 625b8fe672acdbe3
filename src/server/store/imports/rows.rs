//! The rows of an import's file, compared with the directory.

use serde_json::json;
use sqlx::types::Uuid;

use super::ImportedChange;
use crate::{
    domain::{
        Action, AppError, Change, Email, ImportCounts, ImportRow, NewUser, Profile, ProfileField, RowError, RowOutcome,
        Timestamp, UserId, diff,
    },
    server::store::{
        EventRecord,
        events::changes_of,
        row::{DoneRow, Moment, ProfileColumns},
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
    pub columns: ProfileColumns,
    pub version: Option<i64>,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
}

impl StagedPerson {
    #[must_use]
    pub fn new(id: UserId, user: &NewUser) -> Self {
        Self {
            id,
            has_id: false,
            columns: ProfileColumns::new(user.profile().clone()),
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
pub struct MatchedRow<M> {
    pub line: i64,
    pub outcome: String,
    /// See [`profile_of`].
    pub profile: Option<String>,
    pub created_at: Option<M>,
    pub errors: Option<String>,
    pub duplicate_of: Option<i64>,
    /// The user with the row's address or id.
    pub user_id: Option<Uuid>,
    pub user_profile: Option<String>,
    pub user_created_at: Option<M>,
}

impl<M: Moment> TryFrom<MatchedRow<M>> for ImportRow {
    type Error = AppError;

    fn try_from(row: MatchedRow<M>) -> Result<Self, AppError> {
        let outcome: RowOutcome = row.outcome.parse().map_err(AppError::internal)?;
        let errors: Vec<(String, String, String)> = match &row.errors {
            Some(errors) => serde_json::from_str(errors).map_err(AppError::internal)?,
            None => Vec::new(),
        };
        let created_at = row.created_at.map(M::stored).transpose()?;
        let user_created_at = row.user_created_at.map(M::stored).transpose()?;
        let profile = row.profile.as_deref().map(profile_of).transpose()?;
        let user_profile = row.user_profile.as_deref().map(profile_of).transpose()?;
        let changes = match (&profile, &user_profile) {
            (Some(profile), Some(was)) if outcome == RowOutcome::Changed => {
                changes((was, user_created_at), (profile, created_at))
            }
            _ => Vec::new(),
        };
        let mut errors: Vec<RowError> =
            errors.into_iter().map(|(column, value, message)| RowError { column, value, message }).collect();
        if let (RowOutcome::Taken, Some(profile), Some(holder), Some(id)) =
            (outcome, &profile, &user_profile, row.user_id)
        {
            errors.push(in_the_way(&profile.email, &holder.email, id));
        }
        Ok(Self {
            line: row.line.unsigned_abs(),
            outcome,
            profile,
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
        ("email", email.to_owned(), "belongs to an admin, whom only an admin can change")
    } else {
        ("id", id.to_string(), "belongs to another user, who may be deleted")
    };
    RowError { column: column.to_owned(), value, message: message.to_owned() }
}

/// Parses a profile that a statement selected as a JSON array of its fields. A row of an import joined with a user has two
/// profiles, and their columns would need different names.
///
/// # Errors
/// `Internal` when the statement selects another number of fields than the domain has.
fn profile_of(json: &str) -> Result<Profile, AppError> {
    let texts: [String; ProfileField::COUNT] = serde_json::from_str(json).map_err(AppError::internal)?;
    let mut texts = texts.into_iter();
    Ok(Profile::from_fn(|_| texts.next().unwrap_or_default()))
}

/// The changes that a row makes to a user: the profile and the creation time.
#[must_use]
fn changes(was: (&Profile, Option<Timestamp>), becomes: (&Profile, Option<Timestamp>)) -> Vec<Change> {
    let mut changes = diff(was.0, becomes.0);
    if let (Some(from), Some(to)) = (was.1, becomes.1) {
        changes.extend(Change::between("created_at", Some(&from.to_string()), Some(&to.to_string())));
    }
    changes
}

/// The number of rows with an outcome.
#[derive(Debug)]
pub struct OutcomeRow {
    pub outcome: String,
    pub count: i64,
}

/// # Errors
/// `Internal` for an unknown outcome.
pub fn counts_of(rows: Vec<OutcomeRow>) -> Result<ImportCounts, AppError> {
    let mut counts = ImportCounts::default();
    for row in rows {
        counts.add(row.outcome.parse().map_err(AppError::internal)?, row.count.unsigned_abs());
    }
    Ok(counts)
}

/// A user joined with the row that changes them.
#[derive(Debug)]
pub struct ChangedRow<M> {
    pub id: Uuid,
    /// See [`profile_of`].
    pub was: String,
    pub was_created_at: M,
    pub becomes: String,
    pub created_at: Option<M>,
}

impl<M: Moment + Copy> ChangedRow<M> {
    /// The event that records the change.
    ///
    /// # Errors
    /// `Internal` when a stored value is invalid.
    pub fn event(&self, of: &EventRecord) -> Result<EventRecord, AppError> {
        let was_at = Some(self.was_created_at.stored()?);
        let at = self.created_at.map(M::stored).transpose()?;
        let changes = changes((&profile_of(&self.was)?, was_at), (&profile_of(&self.becomes)?, at));
        Ok(EventRecord { changes, action: Action::UserUpdated, ..of.clone() }.about(UserId(self.id)))
    }
}

impl<M: Moment> TryFrom<DoneRow<M>> for ImportedChange {
    type Error = AppError;

    fn try_from(row: DoneRow<M>) -> Result<Self, AppError> {
        let (user, (seq, action, changes, is_kept)) = row.split()?;
        let is_new = action == Action::UserCreated.as_str();
        Ok(Self { seq, user, is_new, is_kept, changes: changes_of(&changes)? })
    }
}
