//! The browser's address bar, and the window's events through which islands and scripts signal each other. Nothing here
//! runs on the server.

use leptos::{
    ev::{self, MouseEvent},
    prelude::*,
    wasm_bindgen::JsValue,
    web_sys::Event,
};

/// The list asks for other rows: nobody is selected any more.
pub const ASKED: &str = "people-asked";
/// People were changed: the list is to ask again.
pub const CHANGED: &str = "people-changed";

/// Somebody else changed a person: public/live.js has said whom.
pub const PERSON_CHANGED: &str = "person-changed";

pub fn signal(name: &str) {
    // Fails for no event.
    if let Ok(event) = Event::new(name) {
        let _ = window().dispatch_event(&event);
    }
}

/// Listens for as long as there is whoever asked for it.
pub fn listen(name: &'static str, act: impl Fn() + 'static) {
    let listener = window_event_listener(ev::Custom::<Event>::new(name), move |_| act());
    on_cleanup(move || listener.remove());
}

/// Puts a new address into the bar, one step forward in the history, and goes to its top.
pub fn push_address(href: &str) {
    // Fails only where a page may not have a history, and then the rows still change.
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(href));
    }
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Puts another address into the bar, in the place of the one that stood there.
pub fn replace_address(href: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(href));
    }
}

/// Whether a click on a link is for this page, not for a new tab, a new window or a download.
pub fn is_plain_click(click: &MouseEvent) -> bool {
    click.button() == 0 && !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key())
}
