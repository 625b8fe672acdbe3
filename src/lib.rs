//! Rollcall: a user directory that a team hosts itself.
//!
//! The library is built twice: natively with the feature `ssr`, as WebAssembly with `hydrate` for the package in
//! `browser/`.
//!
//! # Layers
//!
//! Each module imports only from those above it in this list; `tests/layers.rs` checks it.
//!
//! - [`domain`]: users, lists, imports, validation and errors; server and browser, no I/O
//! - [`user_file`]: people as CSV, JSON Lines and JSON files; server and browser
//! - [`rpc`]: the server functions that the browser calls, and their encoding
//! - [`ui`]: pages, islands and components; rendered on the server, islands hydrated in the browser
//! - `server`: what only the server has, in layers of its own: `foundation`, `store` (all SQL), `services` (rules and
//!   permissions), `http` (router, middleware, REST, forms), `listener`, `exporter`, `commands`
//!
//! `docs/architecture.md` draws the layers and the path of a request; `docs/adr` holds the decisions.
//!
//! # How to add
//!
//! - **A field of a user**: a migration for each database, the field and its validation in [`domain::Profile`], its
//!   columns in `server::store::row` and both `columns` modules, its schema, its label in [`ui::text`]; then `make sqlx`
//!   and `make openapi`. The compiler and the contract tests name what is missing; `docs/adr/0042-user-fields.md` lists
//!   the files.
//! - **A resource**: a migration, domain types, a trait in `server::store` with both implementations, a service in
//!   `server::services`, handlers in `server::http::rest`, rows in `tests/access/table.rs`.
//! - **A page**: a component in [`ui::pages`], its route in [`ui::app`], its texts in [`ui::text`], a handler in
//!   `server::http::forms` if it posts.
//! - **A middleware**: a function in `server::http::middleware`, registered in `server::http::router`.

// Views are types, and that of a page nests deeply.
#![recursion_limit = "256"]

pub mod domain;
pub mod rpc;
#[cfg(feature = "ssr")]
pub mod server;
pub mod ui;
pub mod user_file;
