//! The file of an import: its announcement, columns and detected format.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::Import;
use crate::domain::{FieldErrors, ProfileField};

/// The announcement of a file to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewImport {
    /// The file name; up to `MAX_NAME_CHARS`.
    pub file: String,
    /// The file size in bytes.
    pub size: u64,
    /// The size of each part except the last, in bytes.
    pub part_size: u32,
    pub columns: ChosenColumns,
}

impl NewImport {
    /// The longest file name.
    pub const MAX_NAME_CHARS: usize = 255;

    /// # Errors
    /// All validation errors, not only the first.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.file.trim().is_empty() || self.file.chars().count() > Self::MAX_NAME_CHARS {
            errors.push("file", "invalid", format!("must have 1 to {} characters", Self::MAX_NAME_CHARS));
        } else if self.file.trim().chars().any(char::is_control) {
            errors.push("file", "control_character", "must not contain control characters");
        }
        if !(Import::MIN_PART..=Import::MAX_PART).contains(&self.part_size) {
            let message = format!("must be {} to {} bytes", Import::MIN_PART, Import::MAX_PART);
            errors.push("part_size", "out_of_range", message);
        }
        let most = u64::from(self.part_size) * u64::from(Import::MAX_PARTS);
        if !(1..=most).contains(&self.size) {
            errors.push("size", "out_of_range", format!("must be 1 to {most} bytes, {} parts", Import::MAX_PARTS));
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// A field that a column can be mapped to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileField {
    Profile(ProfileField),
    CreatedAt,
    Id,
    Version,
    UpdatedAt,
    DeletedAt,
}

impl FileField {
    /// The number of fields.
    pub const COUNT: usize = ProfileField::COUNT + 5;
    pub const ALL: [Self; Self::COUNT] = Self::all();

    const fn all() -> [Self; Self::COUNT] {
        let mut all = [Self::CreatedAt; Self::COUNT];
        let mut index = 0;
        while index < ProfileField::COUNT {
            all[index] = Self::Profile(ProfileField::ALL[index]);
            index += 1;
        }
        all[Self::Id.index()] = Self::Id;
        all[Self::Version.index()] = Self::Version;
        all[Self::UpdatedAt.index()] = Self::UpdatedAt;
        all[Self::DeletedAt.index()] = Self::DeletedAt;
        all
    }

    /// The index in `ALL`.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Profile(field) => field as usize,
            Self::CreatedAt => ProfileField::COUNT,
            Self::Id => ProfileField::COUNT + 1,
            Self::Version => ProfileField::COUNT + 2,
            Self::UpdatedAt => ProfileField::COUNT + 3,
            Self::DeletedAt => ProfileField::COUNT + 4,
        }
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Profile(field) => field.as_str(),
            Self::CreatedAt => "created_at",
            Self::Id => "id",
            Self::Version => "version",
            Self::UpdatedAt => "updated_at",
            Self::DeletedAt => "deleted_at",
        }
    }
}

impl fmt::Display for FileField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for FileField {
    type Err = FieldErrors;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|field| field.as_str() == text).ok_or_else(|| {
            let fields = Self::ALL.map(Self::as_str).join(", ");
            FieldErrors::one("field", "invalid", format!("must be one of {fields}"))
        })
    }
}

impl Serialize for FileField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for FileField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileColumn {
    pub heading: String,
    /// `None`: the column is ignored.
    pub field: Option<FileField>,
}

/// User-chosen columns by field, where an empty heading means no column; other fields are matched by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenColumns(pub Vec<(FileField, String)>);

text_enum! {
    FileKind, "format" {
        /// RFC 4180, with one of several delimiters.
        Csv = "csv",
        /// One JSON object per line.
        JsonLines = "jsonl",
        /// An array of JSON objects (RFC 8259).
        Json = "json",
    }
}

/// The detected format of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFormat {
    pub kind: FileKind,
    /// A label of the WHATWG Encoding Standard: `utf-8`, `utf-16le`, `utf-16be`, `windows-1252`.
    pub encoding: String,
    /// The delimiter of a CSV file.
    pub delimiter: Option<char>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_index_and_its_name() {
        let others = FileField::ALL[ProfileField::COUNT..].iter().map(|field| field.as_str());
        assert_eq!(others.collect::<Vec<_>>(), ["created_at", "id", "version", "updated_at", "deleted_at"]);
        for (index, field) in FileField::ALL.into_iter().enumerate() {
            assert_eq!((field.index(), field.as_str().parse().unwrap()), (index, field));
            assert_eq!(serde_json::from_value::<FileField>(serde_json::json!(field)).unwrap(), field);
        }
        let refused = "colour".parse::<FileField>().unwrap_err().to_string();
        assert!(refused.starts_with("field must be one of name, email,"), "{refused}");
    }
}
