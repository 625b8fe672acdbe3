//! The audit trail and the history of a person.

use super::fields;

pub const AUDIT_TRAIL: &str = "Audit trail";
pub const NOTHING_HAPPENED: &str = "No events match.";

// The filters.
pub const WHAT_HAPPENED: &str = "Action";
pub const ANYTHING: &str = "Any action";
pub const SINCE: &str = "Since";
pub const UNTIL: &str = "Until";
pub const AFFECTED_PERSON: &str = "Affected person";
pub const PERSON_HINT: &str = "Name, e-mail address or id";
pub const ACTOR: &str = "Actor";
pub const ACTOR_HINT: &str = "Person or token: name, e-mail address or id";
pub const FILTER: &str = "Filter";
pub const CLEAR_FILTERS: &str = "Clear filters";

/// `Actor: Ada Lovelace`
pub fn filtered_by(filter: &str, name: &str) -> String {
    format!("{filter}: {name}")
}

// Errors, after the label of the field.
pub fn no_person(words: &str) -> String {
    format!("must be the name, e-mail address or id of a person; no one matches “{words}”")
}

pub fn no_actor(words: &str) -> String {
    format!("must be the name, e-mail address or id of a person or token; none matches “{words}”")
}

// The choice between several people and tokens.
pub const BEFORE_TOKEN_DAY: &str = "API token, created ";
pub const MORE_MATCH: &str = "More people match. Add another word of the name, or enter the e-mail address.";

pub fn several_match(words: &str) -> String {
    format!("Several match “{words}”. Choose one.")
}

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
pub const BEFORE_SUBJECT: &str = ": ";
pub const ERASED_SUBJECT: &str = "an erased person";
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
