//! The pages: a file each, or a folder if a page has several parts.

pub mod account;
pub mod api_docs;
pub mod audit;
pub mod edit_user;
pub mod export;
pub mod history;
pub mod import;
pub mod imports;
pub mod new_user;
pub mod person;
pub mod setup;
pub mod sign_in;
pub mod styleguide;
pub mod tokens;
pub mod users;
