//! A file of people: its form, its recognised format, and the report of the browser.

use super::fields;
use crate::domain::{FileField, FileKind};

// The form.
pub const FILE: &str = "File";
pub const FILE_HINT: &str =
    "Up to 10 MB. For larger files, turn on JavaScript or run the command: rollcall import FILE";
pub const SEND: &str = "Upload and compare";
pub const CHOOSE_FILE: &str = "Choose a file";
pub const DROP_HERE: &str = "or drop one here. It can have any size: your browser reads it first.";

// The recognised format.
pub const RECOGNISED: &str = "File";
pub const KIND: &str = "Format";
pub const COLUMNS: &str = "Columns";
pub const CORRECT_COLUMNS: &str = "Correct the columns";
pub const NOT_USED: &str = "Not used";
/// From a column to the field it is mapped to.
pub const ARROW: &str = " → ";
pub const READ_AGAIN: &str = "Read again";
pub const ALL_USED: &str = "None: every column is used";

pub fn kind(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Csv => "CSV",
        FileKind::JsonLines => "JSON Lines",
        FileKind::Json => "JSON",
    }
}

pub fn encoding(label: &str) -> String {
    match label {
        "windows-1252" => "Windows-1252".to_owned(),
        other => other.to_uppercase().replace("16LE", "16 (LE)").replace("16BE", "16 (BE)"),
    }
}

pub fn separated(delimiter: char) -> String {
    match delimiter {
        ',' => "separated by commas".to_owned(),
        ';' => "separated by semicolons".to_owned(),
        '\t' => "separated by tabs".to_owned(),
        other => format!("separated by {other}"),
    }
}

pub fn field(field: FileField) -> &'static str {
    match field {
        FileField::Profile(field) => fields::label(field),
        FileField::CreatedAt => "Joined",
        FileField::Id => "Id",
        FileField::Version => "Version",
        FileField::UpdatedAt => "Last changed",
        FileField::DeletedAt => "Deleted",
    }
}

/// A column without a heading.
pub fn unnamed(number: usize) -> String {
    format!("Column {number}")
}

pub fn chosen_twice(field: &str) -> String {
    format!("must be unique: {field} is chosen twice")
}

// The file as the browser reads it.
pub const READING: &str = "Reading the file";
pub const IN_FILE: &str = "In the file";
pub const GOOD_ROWS: &str = "Valid rows";
pub const BAD_ROWS: &str = "Invalid rows";
pub const FIRST_BAD: &str = "First invalid rows";
pub const FIRST_GOOD: &str = "First valid rows";
pub const COMPARE: &str = "Upload and compare with the directory";
pub const COMPARE_HINT: &str = "Nothing is changed yet.";
pub const OTHER_FILE: &str = "Choose another file";
pub const SENDING: &str = "Uploading the file";
pub const NO_GOOD_ROWS: &str = "None of the rows can be imported.";
pub const UNREADABLE: &str =
    "Your browser cannot read the file. It may have been moved, changed or deleted. Choose it again.";
pub const NOT_SENT: &str = "The file was not uploaded because the connection was lost. Nothing was changed. Try again.";
pub const SIGNED_OUT: &str = "You are no longer signed in. Nothing was changed. Sign in and try again.";

pub fn read(rows: u64) -> String {
    format!("{} read", super::imports::rows(rows))
}
