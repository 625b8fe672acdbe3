//! The browser's address bar, from an island. Nothing here runs on the server.

use leptos::{ev::MouseEvent, prelude::window, wasm_bindgen::JsValue};

/// Puts a new address into the bar, one step forward in the history, and goes to its top.
pub fn push(href: &str) {
    // Fails only where a page may not have a history, and then the rows still change.
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(href));
    }
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Puts another address into the bar, in the place of the one that stood there.
pub fn replace(href: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(href));
    }
}

/// Whether a click on a link is for this page, not for a new tab, a new window or a download.
pub fn is_plain(click: &MouseEvent) -> bool {
    click.button() == 0 && !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key())
}
