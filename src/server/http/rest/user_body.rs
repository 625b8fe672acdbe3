//! JSON request bodies of users.

use axum::extract::{FromRequest, Request};
use serde_json::{Map, Value};

use super::{
    fields::unknown,
    json::{JSON, MERGE_PATCH, object},
};
use crate::domain::{AppError, FieldErrors, Profile, ProfileField, UserForm, UserPatch};

/// A JSON object with exactly the fields of a user form.
pub struct UserBody(pub UserForm);

impl<S: Sync> FromRequest<S> for UserBody {
    type Rejection = AppError;

    async fn from_request(request: Request, _: &S) -> Result<Self, AppError> {
        Ok(Self(form_of(object(request, JSON).await?)?))
    }
}

/// A JSON merge patch of a user. Fields can be changed, but not removed.
pub struct PatchBody(pub UserPatch);

impl<S: Sync> FromRequest<S> for PatchBody {
    type Rejection = AppError;

    async fn from_request(request: Request, _: &S) -> Result<Self, AppError> {
        Ok(Self(patch_of(object(request, MERGE_PATCH).await?)?))
    }
}

/// Parses a user form from an object.
///
/// # Errors
/// All errors: unknown fields, values that are not strings, and invalid values.
pub fn form_of(object: Map<String, Value>) -> Result<UserForm, FieldErrors> {
    let (texts, mut errors) = texts_of(object);
    let text = |field| texts.iter().find(|(known, _)| *known == field).map(|(_, text)| text.clone());
    let form = UserForm::from(Profile::from_fn(|field| text(field).unwrap_or_default()));
    if errors.is_empty() {
        return Ok(form);
    }
    // Other invalid values are reported too, so that one try shows all errors.
    if let Err(invalid) = form.parse() {
        let unreported = invalid.0.into_iter().filter(|error| !errors.0.iter().any(|known| known.field == error.field));
        let unreported: Vec<_> = unreported.collect();
        errors.0.extend(unreported);
    }
    Err(errors)
}

/// Parses a patch from an object.
///
/// # Errors
/// All errors, not only the first.
pub fn patch_of(object: Map<String, Value>) -> Result<UserPatch, FieldErrors> {
    let (texts, mut errors) = texts_of(object);
    let patch = errors.take(UserPatch::parse(&texts));
    patch.filter(|_| errors.is_empty()).ok_or(errors)
}

/// The string fields of a user in an object, and the errors of the other fields.
fn texts_of(object: Map<String, Value>) -> (Vec<(ProfileField, String)>, FieldErrors) {
    let (mut texts, mut errors) = (Vec::new(), FieldErrors::default());
    for (field, value) in object {
        let Ok(known) = field.parse::<ProfileField>() else {
            errors.push(field, "unknown", unknown(&ProfileField::NAMES));
            continue;
        };
        match value {
            Value::String(given) => texts.push((known, given)),
            Value::Null if !known.is_required() => texts.push((known, String::new())),
            Value::Null => errors.push(field, "required", "must not be null"),
            _ => errors.push(field, "invalid", "must be a string"),
        }
    }
    (texts, errors)
}
