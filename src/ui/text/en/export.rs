//! The page that people are had from as a file.

use std::fmt::Display;

pub const CSV: &str = "CSV";
pub const ABOUT_CSV: &str =
    "For spreadsheets. What one of them would run as a formula stands behind an apostrophe, and is not run.";
pub const JSON_LINES: &str = "JSON Lines";
pub const ABOUT_JSON_LINES: &str = "For programs that read one person after another, however many there are.";
pub const JSON: &str = "JSON";
pub const ABOUT_JSON: &str = "For programs that read everybody at once, as one array.";

/// Above the ways to have them: whom the file will hold.
pub fn everybody(total: impl Display) -> String {
    format!("Everybody in the list, {total} in all, in its order.")
}

pub fn selected(count: usize) -> String {
    format!("Those selected, {count} in all.")
}

pub fn download(format: &str) -> String {
    format!("Download {format}")
}
