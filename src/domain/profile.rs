//! The plain fields of a user.

use serde::{Deserialize, Serialize};

use super::{Email, FieldErrors, Name};

text_enum! {
    /// A plain field of a user: one text, stored in a column of its own.
    ProfileField, "field" {
        Name = "name",
        Email = "email",
    }
}

impl ProfileField {
    /// The number of fields.
    pub const COUNT: usize = Self::ALL.len();
    /// The names of the fields, which are also the names of their columns and JSON members.
    pub const NAMES: [&str; Self::COUNT] = {
        let mut names = [""; Self::COUNT];
        let mut index = 0;
        while index < Self::COUNT {
            names[index] = Self::ALL[index].as_str();
            index += 1;
        }
        names
    };

    /// Whether every user has the field. The text of an optional field may be empty.
    #[must_use]
    pub fn is_required(self) -> bool {
        match self {
            Self::Name | Self::Email => true,
        }
    }

    /// Validates a text and returns it in its stored form.
    ///
    /// # Errors
    /// The validation errors, on this field.
    pub fn parse(self, text: &str) -> Result<String, FieldErrors> {
        match self {
            Self::Name => Name::parse(text).map(Name::into_string),
            Self::Email => Email::parse(text).map(Email::into_string),
        }
    }

    /// Alternative headings of its column in files, in lower case with `_` between words.
    #[must_use]
    pub fn synonyms(self) -> &'static [&'static str] {
        match self {
            Self::Name => &["full_name", "fullname", "display_name", "displayname"],
            Self::Email => {
                &["e_mail", "mail", "email_address", "e_mail_address", "emailaddress", "mail_address", "primary_email"]
            }
        }
    }
}

/// The plain fields of a user, as text.
///
/// This type is the only list of the fields in the domain: forms, patches, files, audit events, the stores and the pages
/// iterate over `ProfileField::ALL`. `docs/adr/0042-user-fields.md` describes how to add a field.
///
/// Attributes, the fields that an administrator defines at run time, belong here too: a map from an attribute's key to
/// its values, stored in one JSON column and compared by [`diff`](super::diff) like every plain field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub name: String,
    pub email: String,
}

impl Profile {
    /// A profile with only the required fields.
    pub fn new(name: impl Into<String>, email: impl Into<String>) -> Self {
        Self { name: name.into(), email: email.into() }
    }

    /// Calls `text` for each field.
    pub fn from_fn(mut text: impl FnMut(ProfileField) -> String) -> Self {
        let mut profile = Self::default();
        for field in ProfileField::ALL {
            *profile.get_mut(*field) = text(*field);
        }
        profile
    }

    #[must_use]
    pub fn get(&self, field: ProfileField) -> &str {
        match field {
            ProfileField::Name => &self.name,
            ProfileField::Email => &self.email,
        }
    }

    pub fn get_mut(&mut self, field: ProfileField) -> &mut String {
        match field {
            ProfileField::Name => &mut self.name,
            ProfileField::Email => &mut self.email,
        }
    }

    /// The texts in the order of `ProfileField::ALL`.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        ProfileField::ALL.iter().map(|field| self.get(*field))
    }

    /// Validates every field and returns the stored form.
    ///
    /// # Errors
    /// All validation errors, not only the first.
    pub fn parse(&self) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let parsed = Self::from_fn(|field| errors.take(field.parse(self.get(field))).unwrap_or_default());
        if errors.is_empty() { Ok(parsed) } else { Err(errors) }
    }
}
