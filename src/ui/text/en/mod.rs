//! English.

pub mod account;
pub mod api_docs;
pub mod edit;
pub mod export;
pub mod fields;
pub mod import_file;
pub mod imports;
pub mod palette;
pub mod people;
pub mod person;
pub mod site;
pub mod tokens;
pub mod trail;

/// As `lang` says it (BCP 47).
pub const LANG: &str = "en";
