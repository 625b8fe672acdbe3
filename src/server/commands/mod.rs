//! What `rollcall` does besides serving: one file a command.

pub mod admin;
pub mod healthcheck;
pub mod import;
mod progress;
pub mod seed;
pub mod token;
pub mod users;
