//! The API documentation, except the texts of the OpenAPI document.

pub const API: &str = "API";
// `Also available as OpenAPI 3.1.`, with a link.
pub const BEFORE_OPENAPI: &str = "Also available as ";
pub const OPENAPI: &str = "OpenAPI 3.1";
pub const END: &str = ".";
pub const OPERATIONS: &str = "Operations";
pub const SCHEMAS: &str = "Schemas";

// An operation.
pub const PARAMETERS: &str = "Parameters";
pub const BODY: &str = "Body";
pub const ANSWERS: &str = "Responses";
pub const STATUS: &str = "Status";
pub const HEADERS: &str = "Headers";
pub const NAME: &str = "Name";
pub const FIELD: &str = "Field";
pub const VALUE: &str = "Value";
pub const MEANING: &str = "Meaning";
pub const IN_PATH: &str = "in the path";
pub const HEADER: &str = "header";
pub const HEADER_REQUIRED: &str = "header, required";
pub const OPTIONAL: &str = "optional";

/// The permissions that an operation requires; text in backticks is code.
pub fn needs(ways: &[String]) -> String {
    format!("Requires {}.", ways.join(", or "))
}

pub fn a_token(scopes: &[&str]) -> String {
    format!("a token with the scope `{}`", scopes.join("` or `"))
}

pub fn a_session(roles: &[&str]) -> String {
    format!("a session with the role `{}`", roles.join("` or `"))
}

// The kind of a value: `UUID or null`, `array of User, at most 100`, `text; active if omitted`.
pub const OR: &str = " or ";
pub const BEFORE_ITEM: &str = "array of ";
pub const EMPTY: &str = "empty";
pub const DATE_AND_TIME: &str = "date and time";
pub const DAY: &str = "day";
pub const UUID: &str = "UUID";
pub const EMAIL_ADDRESS: &str = "e-mail address";
pub const BEFORE_DEFAULT: &str = "; ";
pub const AFTER_DEFAULT: &str = " if omitted";
/// After the limits of a length.
pub const CHARACTERS: &str = " characters";

pub fn between(least: i64, most: i64, what: &str) -> String {
    format!(", {least} to {most}{what}")
}

pub fn at_most(most: i64, what: &str) -> String {
    format!(", at most {most}{what}")
}

pub fn at_least(least: i64, what: &str) -> String {
    format!(", at least {least}{what}")
}
