//! The list of imports and the page of an import.

use crate::domain::{ImportState, RowOutcome, Total};

pub const IMPORT: &str = "Import";
pub const IMPORTS: &str = "Imports";
pub const IMPORT_PEOPLE: &str = "Import people";
pub const LEAD: &str = "Use a CSV, JSON Lines or JSON file with a name and an e‑mail address for each person. You will see a preview first.";

// The earlier imports.
pub const EARLIER: &str = "Earlier imports";
pub const NONE_YET: &str = "No imports yet.";
pub const ROWS: &str = "Rows";
pub const WHEN: &str = "When";
pub const BY: &str = "By";
pub const STATE: &str = "State";
pub const BEFORE_MAKER: &str = " by ";

pub fn state(state: ImportState) -> &'static str {
    match state {
        ImportState::Receiving => "Uploading",
        ImportState::Checking => "Comparing",
        ImportState::Checked => "Awaiting decision",
        ImportState::Applying => "Importing",
        ImportState::Applied => "Imported",
        ImportState::Undoing => "Undoing",
        ImportState::Undone => "Undone",
        ImportState::Failed => "Failed",
        ImportState::Cancelled => "Cancelled",
    }
}

/// The heading of the page of an import.
pub fn heading(state: ImportState) -> &'static str {
    match state {
        ImportState::Receiving => "Uploading the file",
        ImportState::Checking => "Comparing with the directory",
        ImportState::Checked => "Preview",
        ImportState::Applying => "Importing",
        ImportState::Applied => "Import complete",
        ImportState::Undoing => "Undoing the import",
        ImportState::Undone => "Import undone",
        ImportState::Failed => "This file cannot be imported",
        ImportState::Cancelled => "Import cancelled",
    }
}

// Figures.
pub fn count(number: u64) -> String {
    Total::Exactly(number).to_string()
}

pub fn rows(number: u64) -> String {
    if number == 1 { "1 row".to_owned() } else { format!("{} rows", count(number)) }
}

fn people(number: u64) -> String {
    if number == 1 { "1 person".to_owned() } else { format!("{} people", count(number)) }
}

/// `1.2 MB`, in powers of 1000.
pub fn bytes(number: u64) -> String {
    let (tenths, unit) = match number {
        0..1_000 => return format!("{number} B"),
        1_000..1_000_000 => (number / 100, "kB"),
        1_000_000..1_000_000_000 => (number / 100_000, "MB"),
        _ => (number / 100_000_000, "GB"),
    };
    if tenths < 100 {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    } else {
        format!("{} {unit}", count(tenths / 10))
    }
}

pub fn outcome(outcome: RowOutcome) -> &'static str {
    match outcome {
        RowOutcome::New => "New",
        RowOutcome::Changed => "Changed",
        RowOutcome::Unchanged => "Unchanged",
        RowOutcome::Invalid => "Invalid",
        RowOutcome::Duplicate => "Duplicate",
        RowOutcome::Taken => "Conflict",
        RowOutcome::Kept => "Kept",
    }
}

/// Explains an outcome, under its heading.
pub fn explained(outcome: RowOutcome) -> &'static str {
    match outcome {
        RowOutcome::New => "No one in the directory has this address yet.",
        RowOutcome::Changed => "Someone with this address is already in the directory, with different values.",
        RowOutcome::Unchanged => "Already in the directory, with the same values.",
        RowOutcome::Invalid => "A value is not allowed.",
        RowOutcome::Duplicate => "An earlier row of the file has the same address or id. Only the first is used.",
        RowOutcome::Taken => "Conflicts with another person in the directory.",
        RowOutcome::Kept => "Changed since the import, so undoing it left them as they are.",
    }
}

pub const FIGURES: &str = "Rows by outcome";
pub const NO_ROWS: &str = "There are no such rows.";
pub const MORE_ROWS: &str = "More rows";
pub const FIRST_ROWS: &str = "First rows";
pub const LINE: &str = "Line";
pub const BEFORE_EARLIER: &str = "Same address or id as line ";
pub const EMPTY_VALUE: &str = "empty";
pub const SHOW_THAT_PERSON: &str = "Show this person";

// The decision.
pub const DECIDE: &str = "Import this file?";
pub const PEOPLE_ALREADY_THERE: &str = "People already in the directory";
pub const INSERT: &str = "Leave them as they are";
pub const INSERT_HINT: &str = "Only new people are added.";
pub const UPDATE: &str = "Update them";
pub const UPDATE_HINT: &str = "People are matched by e-mail address and get the values in the file.";
/// The name of the checkbox in an error.
pub const THIS_BOX: &str = "This box";
pub const DOWNLOAD_REJECTED: &str = "Download these rows with the reasons";
pub const APPLY: &str = "Import";
pub const CANCEL_IMPORT: &str = "Cancel the import";
pub const NOTHING_TO_DO: &str =
    "There is no one to add: everyone in the file who can be imported is already in the directory.";

pub fn skip(number: u64) -> String {
    if number == 1 {
        "Skip the row that cannot be imported".to_owned()
    } else {
        format!("Skip the {} rows that cannot be imported", count(number))
    }
}

/// Counts of skipped rows.
pub fn rows_of_kind(outcome: RowOutcome, number: u64) -> String {
    let number = count(number);
    match outcome {
        RowOutcome::Invalid => format!("{number} invalid"),
        RowOutcome::Duplicate => format!("{number} duplicate"),
        RowOutcome::Taken => format!("{number} in conflict"),
        RowOutcome::Changed => format!("{number} already in the directory with different values"),
        other => format!("{number} {}", self::outcome(other).to_lowercase()),
    }
}

pub fn rejected(number: u64) -> String {
    format!("{} cannot be imported.", rows(number))
}

pub fn would_add(new: u64) -> String {
    format!("{} will be added.", people(new))
}

pub fn would_change(new: u64, changed: u64) -> String {
    format!("{} will be added and {} updated.", people(new), count(changed))
}

// The progress.
pub const PROGRESS: &str = "Progress";
pub const CHECKING_HINT: &str = "Nothing has been changed yet. You can leave this page and come back.";
pub const APPLYING_HINT: &str =
    "All or nothing: changes become visible only when the import is complete. You can leave this page and come back.";
pub const UNDOING_HINT: &str = "People who have changed since the import stay as they are.";
pub const RECEIVING_HINT: &str =
    "Waiting for the browser or program that started the upload. Unfinished uploads are deleted after a week.";
pub const STOP: &str = "Cancel";

pub fn done_of(done: &str, total: &str) -> String {
    format!("{done} of {total}")
}

pub fn a_second(rate: &str) -> String {
    format!(" · {rate} a second")
}

pub fn seconds_left(seconds: u64) -> String {
    match seconds {
        0 => " · nearly done".to_owned(),
        1 => " · about a second left".to_owned(),
        2..=90 => format!(" · about {seconds} seconds left"),
        _ => format!(" · about {} minutes left", seconds.div_ceil(60)),
    }
}

/// For screen readers.
pub fn percent(percent: u64) -> String {
    format!("{percent} percent")
}

// The result.
pub const UNDO: &str = "Undo this import";
pub const UNDO_MEANS: &str = "This deletes the people that the import added, who can be restored, and gives the people that it updated their \
    previous values back. People who have changed since the import stay as they are.";
pub const UNDO_NOW: &str = "Undo now";
pub const SKIPPED_ROWS: &str = "Skipped rows";
pub const UNDO_HEADING: &str = "Undo";
pub const LONGEST_WAIT: &str = "Longest time that other changes had to wait: ";
pub const ANOTHER: &str = "Import another file";
pub const FILE_DELETED: &str = "The file was discarded. Nothing was changed.";
pub const SEE_PEOPLE: &str = "Show people";

pub fn added(new: u64) -> String {
    format!("{} added", people(new))
}

pub fn changed(changed: u64) -> String {
    format!("{} updated", count(changed))
}

pub fn unchanged(unchanged: u64) -> String {
    format!("{} unchanged", count(unchanged))
}

pub fn skipped(rows: u64) -> String {
    format!("{} skipped", count(rows))
}

pub fn milliseconds(number: u64) -> String {
    if number < 1_000 { format!("{number} ms.") } else { format!("{}.{} s.", number / 1_000, number % 1_000 / 100) }
}

pub fn undone(kept: u64) -> String {
    match kept {
        0 => "Everything was undone.".to_owned(),
        1 => "Everything was undone except one person, who has changed since and stays as they are.".to_owned(),
        _ => {
            format!("Everything was undone except {} people, who have changed since and stay as they are.", count(kept))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_durations_have_units() {
        for (number, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (1_234_567, "1.2 MB"),
            (45_600_000, "45 MB"),
            (2_000_000_000, "2.0 GB"),
        ] {
            assert_eq!(bytes(number), text);
        }
        assert_eq!(milliseconds(340), "340 ms.");
        assert_eq!(milliseconds(1_240), "1.2 s.");
    }
}
