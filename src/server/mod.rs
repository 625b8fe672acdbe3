//! Everything that only the server has.

pub mod auth;
pub mod cli;
mod clock;
pub mod config;
pub mod cors;
mod errors;
mod import;
mod pages;
mod progress;
mod rest;
pub mod router;
pub mod rpc;
mod seed;
mod serve;
mod site;
pub mod state;
pub mod store;
pub mod users;

pub use clock::{Clock, Ids, SystemClock, UuidV7};
