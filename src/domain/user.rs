use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::{AppError, FieldErrors, Profile, ProfileField, Timestamp};

/// A person in the directory. The server, the browser and JSON share this type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct User {
    pub id: UserId,
    pub profile: Profile,
    /// Starts at 1 and is incremented by every change; optimistic concurrency compares it.
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// `None` while active.
    pub deleted_at: Option<Timestamp>,
}

/// The JSON form of a user: the fields of the profile are flattened into the object. Postcard is not self-describing and
/// cannot flatten, so it nests the profile.
#[derive(Serialize, Deserialize)]
#[serde(remote = "User")]
struct FlatUser {
    id: UserId,
    #[serde(flatten)]
    profile: Profile,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    deleted_at: Option<Timestamp>,
}

impl Serialize for User {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            FlatUser::serialize(self, serializer)
        } else {
            Self::serialize(self, serializer)
        }
    }
}

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            FlatUser::deserialize(deserializer)
        } else {
            Self::deserialize(deserializer)
        }
    }
}

/// A UUID version 7 (RFC 9562): ids created later sort later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserForm {
    pub profile: Profile,
}

impl UserForm {
    /// A form with only the required fields.
    pub fn new(name: impl Into<String>, email: impl Into<String>) -> Self {
        Profile::new(name, email).into()
    }

    /// The only way to create a `NewUser`, in the browser and on the server.
    ///
    /// # Errors
    /// All validation errors, not only the first.
    pub fn parse(&self) -> Result<NewUser, FieldErrors> {
        Ok(NewUser { profile: self.profile.parse()?, created_at: None })
    }
}

impl From<Profile> for UserForm {
    fn from(profile: Profile) -> Self {
        Self { profile }
    }
}

/// A validated user that has not been stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    profile: Profile,
    created_at: Option<Timestamp>,
}

impl NewUser {
    /// Sets the creation time given by an imported file.
    #[must_use]
    pub fn with_created_at(self, created_at: Option<Timestamp>) -> Self {
        Self { created_at, ..self }
    }

    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    #[must_use]
    pub fn created_at(&self) -> Option<Timestamp> {
        self.created_at
    }
}

/// A validated partial update; missing fields keep their values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserPatch {
    /// Indexed like `ProfileField::ALL`.
    texts: [Option<String>; ProfileField::COUNT],
}

impl UserPatch {
    /// # Errors
    /// All validation errors, not only the first.
    pub fn parse<T: AsRef<str>>(given: &[(ProfileField, T)]) -> Result<Self, FieldErrors> {
        let (mut patch, mut errors) = (Self::default(), FieldErrors::default());
        for (field, text) in ProfileField::ALL.iter().zip(&mut patch.texts) {
            let given = given.iter().find(|(known, _)| known == field);
            *text = given.and_then(|(_, given)| errors.take(field.parse(given.as_ref())));
        }
        if errors.is_empty() { Ok(patch) } else { Err(errors) }
    }

    /// The profile with the changes of this patch.
    #[must_use]
    pub fn apply_to(&self, profile: &Profile) -> Profile {
        let mut profile = profile.clone();
        for (field, text) in ProfileField::ALL.iter().zip(&self.texts) {
            if let Some(text) = text {
                profile.get_mut(*field).clone_from(text);
            }
        }
        profile
    }
}

/// Changes every editable field.
impl From<NewUser> for UserPatch {
    fn from(user: NewUser) -> Self {
        let mut patch = Self::default();
        for (field, text) in ProfileField::ALL.iter().zip(&mut patch.texts) {
            *text = Some(user.profile.get(*field).to_owned());
        }
        patch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_reports_every_field_at_once() {
        let errors = UserForm::new(" ", "x").parse().unwrap_err();
        let fields: Vec<_> = errors.0.iter().map(|e| e.field.as_ref()).collect();
        assert_eq!(fields, ["name", "email"]);
    }

    #[test]
    fn a_patch_validates_its_fields_like_a_form() {
        let (name, email) = (ProfileField::Name, ProfileField::Email);
        let errors = UserPatch::parse(&[(email, "x"), (name, " ")]).unwrap_err();
        assert_eq!(errors, UserForm::new(" ", "x").parse().unwrap_err());
        let patch = UserPatch::parse(&[(email, " ada@example.org ")]).unwrap();
        assert_eq!(patch.apply_to(&Profile::new("Ada", "")), Profile::new("Ada", "ada@example.org"));
        assert_eq!(UserPatch::parse::<&str>(&[]).unwrap(), UserPatch::default());
        let whole = UserForm::new("Ada", "ada@example.org").parse().unwrap();
        let both = UserPatch::parse(&[(name, "Ada"), (email, "ada@example.org")]).unwrap();
        assert_eq!(UserPatch::from(whole), both);
    }

    #[test]
    fn a_user_serializes_as_documented() {
        let user = User {
            id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
            profile: Profile::new("Marie Curie", "marie.curie@laureates.example"),
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
        let bytes = postcard::to_allocvec(&user).unwrap();
        assert_eq!(postcard::from_bytes::<User>(&bytes).unwrap(), user);
    }

    #[test]
    fn an_id_has_one_canonical_form() {
        assert!("01890A5D-AC96-774B-BCCE-B302099A8057".parse::<UserId>().is_ok());
        for text in ["", "7", "01890a5dac96774bbcceb302099a8057", "{01890a5d-ac96-774b-bcce-b302099a8057}"] {
            assert!(text.parse::<UserId>().is_err(), "{text}");
        }
    }
}
