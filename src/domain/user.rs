use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{AppError, Email, FieldErrors, Name, Timestamp};

/// A person in the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// The id, which never changes.
    pub id: UserId,
    /// The name, as it was typed.
    pub name: String,
    /// The e-mail address, as it was typed.
    #[schema(value_type = Email)]
    pub email: String,
    /// Starts at 1 and is incremented by every change; the ETag is made of it.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When the user was created.
    pub created_at: Timestamp,
    /// When the user was last changed.
    pub updated_at: Timestamp,
    /// When the user was deleted; null while active.
    #[schema(required)]
    pub deleted_at: Option<Timestamp>,
}

/// The id of a user: a UUID version 7 (RFC 9562), so ids created later sort later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[schema(value_type = String, format = "uuid", examples("01890a5d-ac96-774b-bcce-b302099a8057"))]
#[serde(transparent)]
pub struct UserId(pub Uuid);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Accepts only the hyphenated form, in either case, so that a user has one address. An invalid id is reported like an
/// unknown one.
impl FromStr for UserId {
    type Err = AppError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uuid = Uuid::try_parse(text).ok().filter(|_| text.len() == 36);
        uuid.map(Self).ok_or_else(AppError::no_such_user)
    }
}

/// Form input that has not been validated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(description = "The fields of a user that can be set.")]
#[serde(deny_unknown_fields)]
pub struct UserForm {
    /// The name, in any script; white space around it is dropped.
    #[schema(value_type = Name)]
    pub name: String,
    /// The e-mail address, unique among active users regardless of case.
    #[schema(value_type = Email)]
    pub email: String,
}

impl UserForm {
    pub const FIELDS: [&str; 2] = ["name", "email"];

    /// The only way to create a `NewUser`, in the browser and on the server.
    ///
    /// # Errors
    /// All validation errors, not only the first.
    pub fn parse(&self) -> Result<NewUser, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take(Name::parse(&self.name));
        let email = errors.take(Email::parse(&self.email));
        match (name, email) {
            (Some(name), Some(email)) => Ok(NewUser { name, email, created_at: None }),
            _ => Err(errors),
        }
    }
}

/// A validated user that has not been stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    name: Name,
    email: Email,
    created_at: Option<Timestamp>,
}

impl NewUser {
    /// Sets the creation time given by an imported file.
    #[must_use]
    pub fn with_created_at(self, created_at: Option<Timestamp>) -> Self {
        Self { created_at, ..self }
    }

    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    #[must_use]
    pub fn email(&self) -> &Email {
        &self.email
    }

    #[must_use]
    pub fn created_at(&self) -> Option<Timestamp> {
        self.created_at
    }
}

/// A validated partial update; missing fields keep their values.
#[derive(Debug, Clone, Default, PartialEq, Eq, ToSchema)]
#[schema(description = "A JSON merge patch (RFC 7396) of a user; missing fields keep their values.")]
#[serde(deny_unknown_fields)]
pub struct UserPatch {
    /// The new name.
    #[schema(value_type = Name, required = false)]
    name: Option<Name>,
    /// The new e-mail address.
    #[schema(value_type = Email, required = false)]
    email: Option<Email>,
}

impl UserPatch {
    /// # Errors
    /// All validation errors, not only the first.
    pub fn parse(name: Option<&str>, email: Option<&str>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take(name.map(Name::parse).transpose()).flatten();
        let email = errors.take(email.map(Email::parse).transpose()).flatten();
        if errors.is_empty() { Ok(Self { name, email }) } else { Err(errors) }
    }

    #[must_use]
    pub fn name(&self) -> Option<&Name> {
        self.name.as_ref()
    }

    #[must_use]
    pub fn email(&self) -> Option<&Email> {
        self.email.as_ref()
    }
}

/// Changes every editable field.
impl From<NewUser> for UserPatch {
    fn from(user: NewUser) -> Self {
        Self { name: Some(user.name), email: Some(user.email) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_reports_every_field_at_once() {
        let errors = UserForm { name: " ".into(), email: "x".into() }.parse().unwrap_err();
        let fields: Vec<_> = errors.0.iter().map(|e| e.field.as_ref()).collect();
        assert_eq!(fields, ["name", "email"]);
    }

    #[test]
    fn a_patch_is_as_strict_as_a_form_about_what_it_holds() {
        let errors = UserPatch::parse(Some(" "), Some("x")).unwrap_err();
        assert_eq!(errors, UserForm { name: " ".into(), email: "x".into() }.parse().unwrap_err());
        let patch = UserPatch::parse(None, Some(" ada@example.org ")).unwrap();
        assert_eq!((patch.name(), patch.email().map(Email::as_str)), (None, Some("ada@example.org")));
        assert_eq!(UserPatch::parse(None, None).unwrap(), UserPatch::default());
        let whole = UserForm { name: "Ada".into(), email: "ada@example.org".into() }.parse().unwrap();
        assert_eq!(UserPatch::from(whole), UserPatch::parse(Some("Ada"), Some("ada@example.org")).unwrap());
    }

    #[test]
    fn a_user_goes_over_the_wire_as_the_contract_says() {
        let user = User {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            name: "Marie Curie".into(),
            email: "marie.curie@laureates.example".into(),
            version: 1,
            created_at: Timestamp::parse("at", "1903-12-10T12:00:00Z").unwrap(),
            updated_at: Timestamp::parse("at", "2026-01-02T03:04:05.678Z").unwrap(),
            deleted_at: None,
        };
        let json = serde_json::to_value(&user).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                "name": "Marie Curie",
                "email": "marie.curie@laureates.example",
                "version": 1,
                "created_at": "1903-12-10T12:00:00Z",
                "updated_at": "2026-01-02T03:04:05.678Z",
                "deleted_at": null,
            })
        );
        assert_eq!(serde_json::from_value::<User>(json).unwrap(), user);
    }

    #[test]
    fn an_id_has_one_spelling() {
        assert!("01890A5D-AC96-774B-BCCE-B302099A8057".parse::<UserId>().is_ok());
        for text in ["", "7", "01890a5dac96774bbcceb302099a8057", "{01890a5d-ac96-774b-bcce-b302099a8057}"] {
            assert!(text.parse::<UserId>().is_err(), "{text}");
        }
    }
}
