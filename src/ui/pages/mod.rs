//! One file a page.

pub mod not_found;
pub mod person;
pub mod users;
