//! The list of people.

use std::fmt::Display;

// Titles, by status.
pub const PEOPLE: &str = "People";
pub const WITH_DELETED: &str = "People, including deleted";

pub const LIST: &str = "List of people";
pub const LOADING: &str = "Loading people";

/// Announces new rows with their `range`.
pub fn loaded(range: &str) -> String {
    format!("People {}", range.replace('–', " to "))
}

// The search.
pub const SEARCH_BY: &str = "Search by name or e-mail";
pub const NAME_OR_EMAIL: &str = "Name or e-mail";
pub const SEARCH: &str = "Search";

// The filters.
pub const FILTER: &str = "Filter";
pub const FILTERS: &str = "Filters";
pub const STATUS: &str = "Status";
pub const ACTIVE: &str = "Active people";
pub const DELETED: &str = "Deleted people";
pub const BOTH: &str = "Both";
pub const JOINED_FROM: &str = "Joined from";
pub const JOINED_UNTIL: &str = "Joined until";
pub const SHOW: &str = "Show";

pub fn joined_from(day: &str) -> String {
    format!("Joined from {day}")
}

pub fn joined_until(day: &str) -> String {
    format!("Joined until {day}")
}

pub fn remove_filter(filter: &str) -> String {
    format!("{filter}: remove this filter")
}

// The rows.
pub const JOINED_AT: &str = "Joined";
pub const ROWS: &str = "Rows";
pub const DELETED_AT: &str = "Deleted";
pub const BEFORE_DELETER: &str = " by ";
pub const BEFORE_ERASE_DAY: &str = "kept until ";
pub const SELECT_ALL_ON_PAGE: &str = "Select all on this page";

pub fn select(name: &str) -> String {
    format!("Select {name}")
}

// Pagination.
pub const EXPORT: &str = "Export";
pub const PREVIOUS: &str = "Previous";
pub const NEXT: &str = "Next";

pub fn rows_a_page(size: u32) -> String {
    format!("{size} rows per page")
}

/// `21–40`.
pub fn range(first: u32, last: usize) -> String {
    format!("{first}–{last}")
}

/// `21–40 of about 1,000,000`, or `20 of about 1,000,000`.
pub fn of_total(rows: &str, total: impl Display) -> String {
    format!("{rows} of {total}")
}

// Bulk actions.
pub const SELECTED_PEOPLE: &str = "Selected people";
pub const SELECTED: &str = "Selected";
pub const CLEAR: &str = "Clear";

pub fn selected(count: usize) -> String {
    format!("{count} selected")
}

pub fn all_selected(total: impl Display) -> String {
    format!("All {total} selected")
}

pub fn select_all(total: impl Display) -> String {
    format!("Select all {total}")
}

// Their progress and result.
pub const PROGRESS: &str = "Progress";
pub const STOP: &str = "Stop";
pub const UNKNOWN_PERSON: &str = "Unknown person";
/// Between a person who could not be changed and the reason.
pub const BEFORE_REASON: &str = ": ";

pub fn done(count: usize) -> String {
    format!("{count} done")
}

pub fn deleted(count: usize) -> String {
    if count == 1 { "1 person deleted.".to_owned() } else { format!("{count} people deleted.") }
}

pub fn restored(count: usize) -> String {
    if count == 1 { "1 person restored.".to_owned() } else { format!("{count} people restored.") }
}

// Empty lists and errors.
pub const TRY_OTHER_WORDS: &str = "Try fewer words or another spelling. One or two letters match only the beginning of a word. \
     Capital letters, accents, apostrophes and hyphens make no difference.";
pub const NO_MORE: &str = "No more people";
pub const LIST_ENDS: &str = "The list ends before this page.";
pub const NO_MATCHES: &str = "No matches";
pub const REMOVE_A_FILTER: &str = "No one matches all the filters. Try removing one.";
pub const NO_DELETED_PEOPLE: &str = "No deleted people";
pub const DELETED_APPEAR_HERE: &str = "Deleted people appear here and can be restored.";
pub const EMPTY_DIRECTORY: &str = "No people yet";
pub const ADD_OR_IMPORT: &str = "Add a person, or import people from a file.";
pub const ADDED_BY_EDITORS: &str = "People appear here once an editor has added them.";
pub const SHOW_ALL: &str = "Show all people";
pub const OFFLINE: &str = "You are offline";
pub const TRY_AGAIN: &str = "Try again";

pub fn no_matches_for(words: &str) -> String {
    format!("No matches for “{words}”")
}

// Changes by others while the list is open; `#` is replaced by a number or a name.
pub const ONE_NEW: &str = "Show 1 new person";
pub const MANY_NEW: &str = "Show # new people";
pub const CHANGED: &str = "# was changed";
pub const GONE: &str = "# was deleted";
pub const BACK: &str = "# was restored";
pub const SEVERAL: &str = "# changes in this list";
pub const STALE: &str = "This list has changed. Reload";
