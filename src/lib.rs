//! Rollcall: a user directory that a team hosts itself.
//!
//! - [`domain`]: what a user is and what may be asked; server and browser
//! - [`user_file`]: people as a file, read and written; server and browser
//! - [`rpc`]: the server functions that the page calls
//! - [`ui`]: what a person sees; rendered on the server, its islands hydrated in the browser
//! - `server`: the service, the two doors, the databases, the command line

// Views are types, and a page's type is deep.
#![recursion_limit = "256"]

pub mod domain;
pub mod rpc;
#[cfg(feature = "ssr")]
pub mod server;
pub mod ui;
pub mod user_file;

/// Where the browser begins, called by `public/boot.js` before it hydrates the islands.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}

/// Room for `--split`: where constants, ordered by the file they go to, take more bytes than they did
/// together, because of their alignment, all of them would stay in the main file. Goes into none.
#[cfg(feature = "split")]
#[used]
static SLACK: [u8; 1024] = [1; 1024];
