//! API tokens.

pub const API_TOKENS: &str = "API tokens";
pub const REVOKED_NEWS: &str = "The token was revoked and no longer grants access.";

// The introduction: the header that carries a token, then a link to the API documentation.
pub const BEFORE_HEADER: &str = "A service sends its token with every request: ";
pub const BEFORE_API_PAGE: &str = " See the ";
pub const API_PAGE: &str = "API documentation";
pub const AFTER_API_PAGE: &str = " for what each scope allows.";

// The table.
pub const NONE_YET: &str = "No tokens yet.";
pub const SCOPES: &str = "Scopes";
pub const CREATED: &str = "Created";
pub const EXPIRES: &str = "Expires";
pub const LAST_USED: &str = "Last used";
pub const STATE: &str = "State";
pub const BEFORE_OWNER: &str = " by ";
pub const COMMAND_LINE: &str = "the command line";
pub const NEVER_USED: &str = "never";
pub const ACTIVE: &str = "Active";
pub const REVOKED: &str = "Revoked";
pub const EXPIRED: &str = "Expired";
pub const REVOKE: &str = "Revoke";

pub fn revoke(name: &str) -> String {
    format!("Revoke {name}")
}

// The form for a new token.
pub const NEW_TOKEN: &str = "New token";
pub const NAME_HINT: &str = "The service that will use it.";
/// The name of the choice in an error: `The scope must be chosen.`
pub const THE_SCOPE: &str = "The scope";
pub const READS_PEOPLE: &str = "reads active people";
pub const WRITES_PEOPLE: &str = "adds, edits, deletes and restores people; reads deleted ones and history";
pub const ADMINISTERS: &str = "reads the audit trail and people’s roles";
pub const AFTER_30_DAYS: &str = "After 30 days";
pub const AFTER_90_DAYS: &str = "After 90 days";
pub const AFTER_A_YEAR: &str = "After a year";
pub const NEVER: &str = "Never";
pub const CREATE_TOKEN: &str = "Create token";
pub const CREATED_TOKEN: &str = "Your new token";
pub const CREATED_HINT: &str = "Copy it now: it is not shown again.";
