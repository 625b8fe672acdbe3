//! The command palette and the list of shortcuts.

/// The label of the palette.
pub const GO_TO: &str = "Go to a person or a page";
/// The placeholder of its input.
pub const PERSON_OR_PAGE: &str = "Find a person or a page";
pub const FOUND: &str = "People and actions";
pub const PEOPLE: &str = "People";
pub const ACTIONS: &str = "Actions";

// The status of the search.
pub const LOOKING: &str = "Looking for people…";
pub const NO_MATCH: &str = "No people found. Try fewer words.";
pub const OFFLINE: &str = "You are offline. Search works again when the connection is back.";
pub const SIGNED_OUT: &str = "You are no longer signed in. Sign in to find people.";
pub const FAILED: &str = "Search is not available right now. Press Enter to search the list instead.";

// The shortcuts and named keys.
pub const KEYBOARD_SHORTCUTS: &str = "Keyboard shortcuts";
pub const SINGLE_KEYS: &str = "Single-key shortcuts";
pub const CTRL_K: &str = "Ctrl K";
pub const ENTER: &str = "Enter";
pub const ESCAPE: &str = "Esc";
pub const SEARCH: &str = "Search";
pub const SHOW_SHORTCUTS: &str = "Show these shortcuts";
pub const CLOSE_WHAT_IS_OPEN: &str = "Close the dialog";
pub const NEXT_PERSON: &str = "Next person";
pub const PREVIOUS_PERSON: &str = "Previous person";
pub const OPEN_PERSON: &str = "Open person";
pub const EDIT_PERSON: &str = "Edit person";
pub const SELECT_PERSON: &str = "Select person";
