//! The commands of `rollcall`, one module each, and what they share: `exit_code`, `list_query`, `log`,
//! `profile_args`, `progress`, `terminal`.

pub mod admin;
pub mod backup;
pub mod doctor;
pub mod exit_code;
pub mod export;
pub mod healthcheck;
pub mod import;
pub mod imports;
pub mod list_query;
pub(super) mod log;
mod profile_args;
mod progress;
pub mod seed;
pub mod serve;
pub(super) mod terminal;
pub mod token;
pub mod users;
