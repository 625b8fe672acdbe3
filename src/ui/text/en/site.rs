//! The layout of every page, and texts that several pages share.

use std::fmt::Display;

use crate::domain::AppError;

pub const BRAND: &str = "Rollcall";
/// The description in link previews. It contains no names: a recipient without access must not see any, and copies of
/// previews cannot be deleted.
pub const DESCRIPTION: &str = "Look up people, and keep their details up to date.";

/// The title of a browser tab.
pub fn tab(page: &str) -> String {
    format!("{page} · Rollcall")
}

pub fn version(number: &str) -> String {
    format!("Rollcall {number}")
}

// Header, footer and navigation.
pub const SKIP_TO_CONTENT: &str = "Skip to content";
pub const HOME: &str = "Rollcall, list of people";
pub const SITE: &str = "Site";
pub const ABOUT: &str = "About";
pub const BREADCRUMB: &str = "Breadcrumb";
/// The label of pagination.
pub const PAGES: &str = "Pages";
pub const ALL_PEOPLE: &str = "All people";
pub const DELETED_PEOPLE: &str = "Deleted people";
pub const NEW_PERSON: &str = "New person";
pub const TOKENS: &str = "Tokens";
pub const AUDIT: &str = "Audit";
pub const API_DOCUMENTATION: &str = "API documentation";
pub const SIGN_IN: &str = "Sign in";
pub const SIGN_OUT: &str = "Sign out";
pub const BEFORE_OWN_NAME: &str = "Your account, ";

// The theme.
pub const COLOURS: &str = "Colours";
pub const SYSTEM_COLOURS: &str = "System";
pub const LIGHT_COLOURS: &str = "Light";
pub const DARK_COLOURS: &str = "Dark";

pub fn choose_colours(colours: impl Display) -> String {
    format!("Colours: {colours}")
}

// Buttons.
pub const SAVE: &str = "Save";
pub const CANCEL: &str = "Cancel";
pub const CLOSE: &str = "Close";
pub const UNDO: &str = "Undo";
pub const COPY: &str = "Copy";
pub const COPIED: &str = "Copied";

pub const NO_SUCH_PAGE: &str = "There is no page at this address. It may have moved, or the link may be misspelt.";

// Flash messages about a person, after their name or `THIS_PERSON`.
pub const THIS_PERSON: &str = "This person";
pub const AFTER_NAME_CREATED: &str = " was added.";
pub const AFTER_NAME_DELETED: &str = " was deleted.";
pub const AFTER_NAME_RESTORED: &str = " was restored.";
pub const MANY_DELETED: &str = "The people you selected were deleted.";
pub const MANY_RESTORED: &str = "The people you selected were restored.";
pub const EDITED: &str = "Changes saved.";
pub const ROLE_SAVED: &str = "Role saved.";
pub const ERASED: &str = "The person was erased for good.";

/// The heading of a page that shows an error.
#[must_use]
pub fn error_title(error: &AppError) -> &'static str {
    match error {
        AppError::Malformed(_) => "Bad request",
        AppError::Unauthorized => "Sign in to see this",
        AppError::Forbidden(_) => "Not allowed",
        AppError::NotFound(_) => "Not found",
        AppError::MethodNotAllowed => "Method not allowed",
        AppError::NotAcceptable => "Not acceptable",
        AppError::TooSlow => "Request timeout",
        AppError::Conflict(_) => "Conflict",
        AppError::Gone(_) => "No longer available",
        AppError::Stale => "Changed in the meantime",
        AppError::WeakTag => "Weak entity tag",
        AppError::TooLarge(_) => "Too large",
        AppError::UnsupportedMediaType(_) | AppError::EncodedBody => "Unsupported media type",
        AppError::Invalid(_) => "Some fields need correcting",
        AppError::PreconditionRequired => "Precondition required",
        AppError::TooManyRequests(_) => "Too many requests",
        AppError::Internal(_) => "Internal error",
        AppError::Unavailable(_) => "Not available right now",
        AppError::Batch(first, _) => error_title(first),
    }
}
