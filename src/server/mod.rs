//! Everything that only the server has.

mod access_log;
pub mod accounts;
pub mod audit;
pub mod auth;
#[cfg(feature = "bench")]
mod bench;
pub mod cache;
pub mod cli;
mod clock;
mod commands;
mod compression;
pub mod config;
pub mod cors;
mod errors;
pub mod export;
pub mod feed;
mod flash;
pub mod forms;
pub mod function;
pub mod health;
pub mod idempotency;
pub mod imports;
pub mod lifecycle;
pub mod load;
mod metrics;
pub mod openapi;
mod options;
mod pages;
pub mod public_url;
pub mod rate_limit;
pub mod redis;
mod request_id;
pub mod rest;
pub mod router;
pub mod rpc;
mod serve;
mod site;
pub mod state;
pub mod store;
pub mod tokens;
pub mod upkeep;
pub mod users;

pub use clock::{Clock, Ids, SystemClock, UuidV7};
