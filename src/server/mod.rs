//! The server. Its layers, from the bottom up; a layer imports only from those above it in this list:
//!
//! - [`foundation`]: clock, ids, secrets, limits, Redis, counters; knows nothing of users
//! - [`store`]: the database traits and their implementations for SQLite and PostgreSQL; all SQL
//! - [`services`]: the rules; a method that acts for a caller takes the [`Actor`](services::identity::Actor) and checks
//!   its permission
//! - [`http`]: router, middleware, REST, server functions, forms, pages
//! - `listener`: accepts connections and serves HTTP on them
//! - `exporter`: the Prometheus listener
//! - [`config`], [`cli`] and `commands`: settings and the command line, which wire everything together
//!
//! `tests/layers.rs` fails on an import that points the other way.

pub mod cli;
mod commands;
pub mod config;
mod exporter;
pub mod foundation;
pub mod http;
mod listener;
pub mod services;
pub mod store;
