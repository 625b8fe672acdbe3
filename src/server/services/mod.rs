//! The services: the rules of the directory. Every method that acts for a caller takes the [`Actor`](identity::Actor)
//! and checks its permission; links, health checks and background tasks have none. Pages, server functions, REST and
//! the command line call the same methods.

pub mod accounts;
pub mod audit;
pub mod change_feed;
pub mod derived_columns;
pub mod health;
pub mod idempotency_keys;
pub mod identity;
pub mod imports;
pub mod invalidation;
pub mod maintenance;
pub mod passwords;
pub mod token_cache;
pub mod tokens;
pub mod users;
