//! The audit trail and the history of a person.

use super::fields;

pub const AUDIT_TRAIL: &str = "Audit trail";
pub const NOTHING_HAPPENED: &str = "No events match.";

// The filters.
pub const WHAT_HAPPENED: &str = "Action";
pub const ANYTHING: &str = "Any action";
pub const SINCE: &str = "Since";
pub const UNTIL: &str = "Until";
pub const TO_USER: &str = "To user (id)";
pub const BY_ACTOR: &str = "By actor (id)";
pub const FILTER: &str = "Filter";
pub const EVERYTHING: &str = "Clear filters";

// The history of a person.
pub const HISTORY: &str = "History";
pub const NOTHING_MORE: &str = "No events yet.";
/// A link, followed by `AFTER_AUDIT_OF_PERSON`.
pub const AUDIT_OF_PERSON: &str = "The audit trail of this person";
pub const AFTER_AUDIT_OF_PERSON: &str = " also contains sign-ins.";

pub fn history_of(name: &str) -> String {
    format!("History of {name}")
}

// Pagination.
pub const LATEST: &str = "Latest";
pub const OLDER: &str = "Older";

// An event: action, subject, actor, origin and changes.
pub const BEFORE_ACTOR: &str = " by ";
pub const BEFORE_IMPORT: &str = " in an ";
pub const BY_IMPORT: &str = "import";
pub const AFTER_ACTION_ERASED: &str = " an erased person";
pub const BEFORE_ADDRESS: &str = "from ";
pub const BEFORE_REQUEST: &str = "request ";
pub const BEFORE_OLD: &str = "from ";
pub const BEFORE_NEW: &str = " to ";
pub const BEFORE_SET: &str = "set to ";
pub const BEFORE_REMOVED: &str = "removed ";
pub const ERASED: &str = "erased";

/// `current_password` as `Current password`.
pub fn field_name(field: &str) -> String {
    if let Ok(field) = field.parse() {
        return fields::label(field).to_owned();
    }
    let mut chars = field.chars().map(|c| if c == '_' { ' ' } else { c });
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_display_names() {
        for (field, name) in [("email", "E-mail"), ("name", "Name"), ("expires_at", "Expires at"), ("", "")] {
            assert_eq!(field_name(field), name);
        }
    }
}
