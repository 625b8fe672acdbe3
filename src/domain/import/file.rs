//! The file of an import: its announcement, columns and detected format.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Import;
use crate::domain::FieldErrors;

/// The announcement of a file to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewImport {
    /// The file name.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$",
        examples("people.csv")
    )]
    pub file: String,
    /// The file size in bytes: at most 10,000 parts.
    #[schema(minimum = 1, maximum = 83_886_080_000_u64)]
    pub size: u64,
    /// The size of each part except the last, in bytes.
    #[schema(minimum = 65_536, maximum = 8_388_608, default = 8_388_608, required = false)]
    pub part_size: u32,
    /// The column to use for each field; other fields are matched by name.
    #[schema(value_type = Option<std::collections::HashMap<FileField, Option<String>>>)]
    pub columns: ChosenColumns,
}

impl NewImport {
    /// # Errors
    /// All validation errors, not only the first.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.file.trim().is_empty() || self.file.chars().count() > 255 {
            errors.push("file", "invalid", "must have 1 to 255 characters");
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

words! {
    /// A field that a column can be mapped to.
    FileField, "field" {
        Name = "name",
        Email = "email",
        CreatedAt = "created_at",
        Id = "id",
        Version = "version",
        UpdatedAt = "updated_at",
        DeletedAt = "deleted_at",
    }
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileColumn {
    /// Its name.
    pub heading: String,
    /// The field it is mapped to; null if the column is ignored.
    #[schema(required)]
    pub field: Option<FileField>,
}

/// User-chosen columns by field, where an empty heading means no column; other fields are matched by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenColumns(pub Vec<(FileField, String)>);

words! {
    /// The kind of a file: `jsonl` has one object per line.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileFormat {
    /// The kind of the file.
    pub kind: FileKind,
    /// A label of the WHATWG Encoding Standard.
    #[schema(pattern = "^(utf-8|utf-16le|utf-16be|windows-1252)$")]
    pub encoding: String,
    /// The delimiter of a CSV file.
    #[schema(required)]
    pub delimiter: Option<char>,
}
