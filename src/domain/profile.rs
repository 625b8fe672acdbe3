//! The plain fields of a user.

use serde::{Deserialize, Serialize};

use super::{Email, FieldErrors, Name};

words! {
    /// A plain field of a user: one text, kept in a column of its own.
    ProfileField, "field" {
        Name = "name",
        Email = "email",
    }
}

impl ProfileField {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();
    /// Their names, which are those of their columns and in JSON.
    pub const NAMES: [&str; Self::COUNT] = {
        let mut names = [""; Self::COUNT];
        let mut place = 0;
        while place < Self::COUNT {
            names[place] = Self::ALL[place].as_str();
            place += 1;
        }
        names
    };

    /// Whether every user has it. The text of an optional field may be empty.
    #[must_use]
    pub fn is_required(self) -> bool {
        match self {
            Self::Name | Self::Email => true,
        }
    }

    /// The text as it is stored.
    ///
    /// # Errors
    /// What is wrong with it, on this field.
    pub fn parse(self, text: &str) -> Result<String, FieldErrors> {
        match self {
            Self::Name => Name::parse(text).map(Name::into_string),
            Self::Email => Email::parse(text).map(Email::into_string),
        }
    }

    /// Other headings of its column in files, in lower case with `_` between words.
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
/// This type is the only list of them in the domain: forms, patches, files, audit events, the stores
/// and the pages iterate over `ProfileField::ALL`. `docs/adr/0042-user-fields.md` says what adding a
/// field takes.
///
/// Attributes, the fields that an administrator defines at run time, belong here too: one map from
/// an attribute's key to its values, stored as one JSON column and compared by [`diff`](super::diff) like every
/// plain field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub name: String,
    pub email: String,
}

impl Profile {
    /// The required fields; the others are empty.
    pub fn new(name: impl Into<String>, email: impl Into<String>) -> Self {
        Self { name: name.into(), email: email.into() }
    }

    /// Asks for the text of each field.
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

    /// The profile with every field as it is stored.
    ///
    /// # Errors
    /// Everything that is wrong, not only the first.
    pub fn parse(&self) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let parsed = Self::from_fn(|field| errors.take(field.parse(self.get(field))).unwrap_or_default());
        if errors.is_empty() { Ok(parsed) } else { Err(errors) }
    }
}
