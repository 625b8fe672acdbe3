//! A file of people: its form, its recognised format, and the report of the browser.

use super::fields;
use crate::domain::{FileField, FileKind};

// The form.
pub const FILE: &str = "File";
pub const FILE_HINT: &str = "Up to 10 MB. Larger files need JavaScript, or the command: rollcall import FILE";
pub const SEND: &str = "Send and compare";
pub const CHOOSE_FILE: &str = "Choose a file";
pub const DROP_HERE: &str = "or drop one here. It is read in your browser first, whatever its size.";

// The recognised format.
pub const RECOGNISED: &str = "The file";
pub const KIND: &str = "Read as";
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
pub const GOOD_ROWS: &str = "Good rows";
pub const BAD_ROWS: &str = "Bad rows";
pub const FIRST_BAD: &str = "The first bad rows";
pub const FIRST_GOOD: &str = "The first good rows";
pub const COMPARE: &str = "Send and compare with the directory";
pub const COMPARE_HINT: &str = "This changes nothing yet.";
pub const OTHER_FILE: &str = "Another file";
pub const SENDING: &str = "Sending the file";
pub const NO_GOOD_ROWS: &str = "No row of the file can be imported.";
pub const UNREADABLE: &str = "The browser cannot read the file: it may have been moved, changed or deleted.";
pub const NOT_SENT: &str = "The file could not be sent: the connection was lost. Nothing was changed.";
pub const SIGNED_OUT: &str = "You are no longer signed in. Nothing was changed.";

pub fn read(rows: u64) -> String {
    format!("{} read", super::imports::rows(rows))
}
