//! Adding and editing people, and edit conflicts.

pub const ADD: &str = "Add";
pub const EDIT_PERSON: &str = "Edit person";
pub const DELETED_ALREADY: &str = "This person was deleted. Restore them before you edit.";

/// The title of the page.
pub fn edit(name: &str) -> String {
    format!("Edit {name}")
}

// An edit conflict: `Ada changed this person in the meantime, on 3 May.`
pub const SOMEONE_ELSE: &str = "Someone else";
pub const YOU: &str = "You";
pub const AFTER_NAME_CHANGED: &str = " changed this person in the meantime";
pub const AFTER_NAME_DELETED: &str = " deleted this person in the meantime";
pub const BEFORE_MOMENT: &str = ", on ";
pub const END: &str = ".";

pub const TWO_VERSIONS: &str = "Two versions";
pub const AFTER_NEWS_DECIDE: &str = " Nothing has been saved yet. Choose which version to keep.";
pub const YOURS: &str = "Your version";
pub const THEIRS: &str = "Current version";
pub const DIFFERS: &str = "differs";
pub const SAVE_MINE: &str = "Save my version";
pub const TAKE_THEIRS: &str = "Use the current version";
pub const OR_EDIT_ON: &str = "Or continue editing";

pub const DELETED_MEANWHILE: &str = "Deleted in the meantime";
pub const AFTER_NEWS_STILL_HERE: &str = " What you typed is still here.";
pub const RESTORE_AND_SAVE: &str = "Restore and save";
pub const LEAVE_DELETED: &str = "Leave them deleted";

pub const ERASED_MEANWHILE: &str = "Erased in the meantime";
pub const ERASED_NEWS: &str = "This person was erased for good. You can add what you typed as a new person.";
pub const ADD_AS_NEW: &str = "Add as a new person";
