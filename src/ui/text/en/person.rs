//! The page of a person.

pub const JOINED: &str = "Joined";
pub const LAST_CHANGED: &str = "Last changed";
pub const ID: &str = "Id";
/// The copied value, after `COPY`.
pub const COPIED_EMAIL: &str = "e-mail address";
pub const COPIED_ID: &str = "id";
pub const EDIT: &str = "Edit";
pub const DELETE: &str = "Delete";

// The latest changes.
pub const LATEST_CHANGES: &str = "Latest changes";
pub const FULL_HISTORY: &str = "Full history";

// Deleted people: `Deleted on … by ….`, `Erased for good on …, in 30 days.`
pub const BEFORE_DELETION_DAY: &str = "Deleted on ";
pub const BEFORE_DELETER: &str = " by ";
pub const BEFORE_ERASE_DAY: &str = "Erased for good on ";
pub const END: &str = ".";
pub const RESTORE: &str = "Restore";
pub const NOT_RESTORED: &str = "Not restored. ";
pub const BEFORE_HOLDER: &str = "The e-mail address now belongs to ";
pub const AFTER_HOLDER: &str = ". This person can be restored once the address is free.";

/// The remaining time in days, rounded up.
pub fn time_left(days: u64) -> String {
    match days {
        0 => "any moment now".to_owned(),
        1 => "within a day".to_owned(),
        days => format!("in {days} days"),
    }
}

pub fn after_erase_day(time_left: &str) -> String {
    format!(", {time_left}")
}

// Erasing.
pub const ERASE: &str = "Erase";
pub const ERASE_FOR_GOOD: &str = "Erase for good";
pub const ERASE_MEANS: &str = "This removes the person’s name, e-mail address and history. The audit trail still shows that something happened, but not to whom. This cannot be undone.";
pub const ERASE_SURE: &str = "Erase this person for good";
/// The name of the checkbox in an error: `This box must be ticked.`
pub const THIS_BOX: &str = "This box";

// Role and sign-in.
pub const SIGN_IN: &str = "Sign-in";
pub const ROLE: &str = "Role";
pub const NO_SIGN_IN: &str = "No sign-in";
pub const SAVE_ROLE: &str = "Save role";
pub const VIEWER: &str = "Viewer";
pub const EDITOR: &str = "Editor";
pub const ADMIN: &str = "Admin";
pub const HAS_PASSWORD: &str = "Has a password.";
pub const HAS_NO_PASSWORD: &str = "Has no password yet.";
pub const MAKE_RESET_LINK: &str = "Create a password reset link";
pub const MAKE_INVITATION: &str = "Create an invitation link";
pub const LINK: &str = "Link for this person";
pub const LINK_HINT: &str = "It works once, within three days. Copy it now: it is not shown again.";

/// A role and its permissions.
pub fn role(name: &str, summary: &str) -> String {
    format!("{name}: {summary}")
}
