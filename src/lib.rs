//! Rollcall: a user directory that a team hosts itself.
//!
//! The library is built twice: natively with the feature `ssr`, as WebAssembly with `hydrate` for the package in
//! `browser/`.
//!
//! # Layers
//!
//! Each module imports only from those above it (`rpc` also from `server::http::rpc`); `tests/layers.rs` checks it.
//!
//! - [`domain`]: users, lists, imports, validation and errors; server and browser, no I/O
//! - [`user_file`]: people as CSV, JSON Lines and JSON files; server and browser
//! - [`rpc`]: the server functions that the browser calls, and their encoding
//! - [`ui`]: pages, islands and components; rendered on the server, islands hydrated in the browser
//! - [`server`]: what only the server has, in layers of its own:
//!   - [`server::foundation`]: clock, ids, secrets, limits, Redis, counters
//!   - [`server::store`]: a trait for each resource, implemented for SQLite and PostgreSQL; all SQL
//!   - [`server::services`]: rules and permissions; a method that acts for a caller takes the
//!     [`Actor`](server::services::identity::Actor)
//!   - [`server::http`]: [`router`](server::http::router), [`middleware`](server::http::middleware),
//!     [`rest`](server::http::rest), [`forms`](server::http::forms), server functions, pages
//!   - `listener`, `exporter`, [`config`](server::config) and `commands`: connections, metrics, settings and the command
//!     line ([`cli`](server::cli)), which wires everything together
//!
//! A change takes the same path from everywhere: an edge (REST, form, server function, command) parses it into a type of
//! [`domain`] that only parsing creates, such as [`NewUser`](domain::NewUser) or [`UserPatch`](domain::UserPatch); a
//! service checks the actor and the rules; the store writes the change and its audit event in one transaction. Every
//! failure is an [`AppError`](domain::AppError), which `http` renders for its audience.
//!
//! `docs/architecture.md` draws the layers and the path of a request; `docs/adr` holds the decisions.
//!
//! # How to add
//!
//! - **A field of a user**: a migration for each database in `migrations/sqlite/` and `migrations/postgres/`; the field
//!   and its validation in [`domain::ProfileField`] and [`domain::Profile`]; its column in `src/server/store/row.rs` and
//!   both `columns.rs` beside it; its schema in [`server::http::openapi`]; its label in [`ui::text`]. Then `make sqlx` and
//!   `make openapi`. Compiler and contract tests name most of what is missing; `docs/adr/0042-user-fields.md` lists the
//!   files.
//! - **A resource**: a migration, domain types, a trait in [`server::store`] with both implementations and a file in
//!   `tests/store/`, a service in [`server::services`], handlers in [`server::http::rest`] (listed in
//!   [`operations`](server::http::rest::operations)), rows in `tests/access/table.rs`.
//! - **A page**: a component in [`ui::pages`], a line in `pages!` in [`ui::app`], its texts in [`ui::text`], a handler in
//!   [`server::http::forms`] if it posts, rows in `tests/access/table.rs` and `end2end/pages.ts`.
//! - **A middleware**: a function in [`server::http::middleware`], registered in [`server::http::router`], where its order
//!   matters.

// Views are types, and that of a page nests deeply.
#![recursion_limit = "256"]

pub mod domain;
pub mod rpc;
#[cfg(feature = "ssr")]
pub mod server;
pub mod ui;
pub mod user_file;
