//! The browser's history, and custom window events between islands and scripts. Nothing here runs on the server.

use leptos::{
    ev::{self, MouseEvent},
    prelude::*,
    wasm_bindgen::JsValue,
    web_sys::Event,
};

/// The list requests other rows, which clears the selection. `public/select.js` listens, too.
pub const LIST_REQUESTED: &str = "list-requested";
/// People changed: the list must reload.
pub const CHANGED: &str = "people-changed";

/// Another user changed a person; `public/live.js` has written which one into its element.
pub const PERSON_CHANGED: &str = "person-changed";

/// Dispatches an event to islands and scripts.
pub fn dispatch(name: &str) {
    // Cannot fail for a custom event.
    if let Ok(event) = Event::new(name) {
        let _ = window().dispatch_event(&event);
    }
}

/// Listens until the current owner is disposed.
pub fn listen(name: &'static str, act: impl Fn() + 'static) {
    let listener = window_event_listener(ev::Custom::<Event>::new(name), move |_| act());
    on_cleanup(move || listener.remove());
}

/// Adds an entry to the history and scrolls to the top.
pub fn push_address(href: &str) {
    // Fails only if the page has no history; the rows still change.
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(href));
    }
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Replaces the current history entry.
pub fn replace_address(href: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(href));
    }
}

/// Whether a click on a link navigates this page, not a new tab, a new window or a download.
pub fn is_plain_click(click: &MouseEvent) -> bool {
    click.button() == 0 && !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key())
}
