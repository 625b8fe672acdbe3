//! The WebAssembly module of the pages: Rollcall's islands with an entry point.

use rollcall as _;

/// The entry point, called by `public/boot.js`: hydrates the islands.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}

/// Padding for `--split`: wasm-split sorts constants by the file they go to and keeps all of them in the main file if
/// alignment makes them larger than they were together. This constant itself ends up in no file.
#[cfg(feature = "split")]
#[used]
static SLACK: [u8; 1024] = [1; 1024];
