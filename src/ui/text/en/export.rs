//! The export page.

use std::fmt::Display;

pub const CSV: &str = "CSV";
pub const ABOUT_CSV: &str =
    "For spreadsheets. An apostrophe is added before values that look like formulas, so that they are not run.";
pub const JSON_LINES: &str = "JSON Lines";
pub const ABOUT_JSON_LINES: &str = "For programs that read one person at a time. Works for lists of any size.";
pub const JSON: &str = "JSON";
pub const ABOUT_JSON: &str = "For programs that read the whole list at once, as one array.";

/// The people in the file, above the formats.
pub fn whole_list(total: impl Display) -> String {
    format!("All people in the list, in the same order: {total}.")
}

pub fn selected(count: usize) -> String {
    format!("Selected people: {count}.")
}

pub fn download(format: &str) -> String {
    format!("Download {format}")
}
