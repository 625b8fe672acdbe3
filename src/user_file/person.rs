//! Validates the values of a row as a person.

use std::borrow::Cow;

use super::{AllowedFields, columns::Columns, formula::unescape_formula};
use crate::domain::{FieldErrors, FileField, NewUser, ProfileField, RowError, Timestamp, UserForm, UserId};

const NO_VERSION: &str = "must be a whole number from 1";

/// A validated person from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePerson {
    /// Includes the creation time if the file has one.
    pub user: NewUser,
    pub id: Option<UserId>,
    /// From 1.
    pub version: Option<i64>,
    pub updated_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
}

/// A raw value from a file.
#[derive(Debug, Default)]
pub enum RawValue<'a> {
    #[default]
    Missing,
    /// A CSV cell, which may be escaped against formula execution.
    Cell(&'a str),
    Text(Cow<'a, str>),
    Number(i64),
    /// A value of a type that no field accepts, as a short description.
    Other(String),
    /// The key occurs more than once in its object.
    Duplicate,
}

/// One value for each field.
#[derive(Debug, Default)]
pub struct Values<'a>([RawValue<'a>; FileField::COUNT]);

impl<'a> Values<'a> {
    pub fn set(&mut self, field: FileField, given: RawValue<'a>) {
        let value = &mut self.0[field.index()];
        *value = if matches!(value, RawValue::Missing) { given } else { RawValue::Duplicate };
    }

    fn get(&self, field: FileField) -> &RawValue<'a> {
        &self.0[field.index()]
    }
}

/// Validates rows one at a time and reuses its buffers.
#[derive(Debug, Default)]
pub struct PersonParser {
    form: UserForm,
}

impl PersonParser {
    /// Adds further errors to `errors`, at most one for each column.
    pub fn parse(
        &mut self,
        values: &Values<'_>,
        columns: &Columns,
        errors: Vec<RowError>,
    ) -> Result<FilePerson, Vec<RowError>> {
        let mut row = RowValidator { values, columns, errors };
        let user = row.user(&mut self.form);
        let created_at = row.moment(FileField::CreatedAt);
        let id =
            row.read(FileField::Id, |text| text.parse::<UserId>().map_err(|_| "must be a UUID with hyphens".into()));
        let version = row.version();
        let updated_at = row.moment(FileField::UpdatedAt);
        let deleted_at = row.deleted_at();
        match user {
            Some(user) if row.errors.is_empty() => {
                Ok(FilePerson { user: user.with_created_at(created_at), id, version, updated_at, deleted_at })
            }
            _ => Err(row.errors),
        }
    }
}

struct RowValidator<'v, 'a> {
    values: &'v Values<'a>,
    columns: &'v Columns,
    errors: Vec<RowError>,
}

impl<'v> RowValidator<'v, '_> {
    fn user(&mut self, form: &mut UserForm) -> Option<NewUser> {
        for field in ProfileField::ALL {
            let typed = form.profile.get_mut(*field);
            typed.clear();
            typed.push_str(self.text(FileField::Profile(*field)).unwrap_or_default());
        }
        let errors = match form.parse() {
            Ok(user) => return Some(user),
            Err(errors) => errors,
        };
        for error in errors.0 {
            if let Ok(field) = error.field.parse::<ProfileField>() {
                self.reject(FileField::Profile(field), form.profile.get(field), error.message);
            }
        }
        None
    }

    fn moment(&mut self, field: FileField) -> Option<Timestamp> {
        self.read(field, |text| Timestamp::parse(field.as_str(), text).map_err(|errors| first_message(&errors)))
    }

    fn version(&mut self) -> Option<i64> {
        let positive = |version: i64| Some(version).filter(|version| *version >= 1);
        if let RawValue::Number(number) = *self.values.get(FileField::Version) {
            let version = positive(number);
            if version.is_none() {
                self.reject(FileField::Version, &number.to_string(), NO_VERSION);
            }
            return version;
        }
        self.read(FileField::Version, |text| text.parse().ok().and_then(positive).ok_or_else(|| NO_VERSION.to_owned()))
    }

    fn deleted_at(&mut self) -> Option<Timestamp> {
        let allowed = self.columns.allowed();
        self.read(FileField::DeletedAt, |text| match allowed {
            AllowedFields::Everything => {
                Timestamp::parse(FileField::DeletedAt.as_str(), text).map_err(|errors| first_message(&errors))
            }
            AllowedFields::Profile => Err("can only be set by an admin".to_owned()),
        })
    }

    /// An optional value.
    fn read<T>(&mut self, field: FileField, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let text = self.text(field).map(str::trim).filter(|text| !text.is_empty())?;
        parse(text).map_err(|message| self.reject(field, text, message)).ok()
    }

    /// The value as text; other types are rejected.
    fn text(&mut self, field: FileField) -> Option<&'v str> {
        match self.values.get(field) {
            RawValue::Missing => None,
            RawValue::Cell(cell) if matches!(field, FileField::Profile(_)) => Some(unescape_formula(cell)),
            RawValue::Cell(cell) => Some(cell),
            RawValue::Text(text) => Some(text),
            RawValue::Number(number) => self.no_text(field, &number.to_string()),
            RawValue::Other(value) => self.no_text(field, value),
            RawValue::Duplicate => {
                self.reject(field, "", "occurs twice in the object");
                None
            }
        }
    }

    fn no_text(&mut self, field: FileField, value: &str) -> Option<&'v str> {
        self.reject(field, value, if field == FileField::Version { NO_VERSION } else { "must be a string" });
        None
    }

    fn reject(&mut self, field: FileField, value: &str, message: impl Into<String>) {
        let column = self.columns.heading(field);
        if self.errors.iter().all(|error| error.column != column) {
            self.errors.push(RowError { column: column.to_owned(), value: cut(value), message: message.into() });
        }
    }
}

fn first_message(errors: &FieldErrors) -> String {
    errors.0.first().map(|error| error.message.clone()).unwrap_or_default()
}

/// Truncates a value for an error message.
pub fn cut(value: &str) -> String {
    value.chars().take(200).collect()
}
