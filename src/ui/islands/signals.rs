//! What islands tell each other, as events of the window: public/select.js listens, too.

use leptos::{ev, prelude::*, web_sys::Event};

/// The list asks for other rows: nobody is selected any more.
pub const ASKED: &str = "people-asked";
/// People were changed: the list is to ask again.
pub const CHANGED: &str = "people-changed";

/// Somebody else changed a person: public/live.js has said whom.
pub const PERSON_CHANGED: &str = "person-changed";

pub fn send(signal: &str) {
    // Fails for no event.
    if let Ok(event) = Event::new(signal) {
        let _ = window().dispatch_event(&event);
    }
}

/// Listens for as long as there is whoever asked for it.
pub fn on(signal: &'static str, act: impl Fn() + 'static) {
    let listener = window_event_listener(ev::Custom::<Event>::new(signal), move |_| act());
    on_cleanup(move || listener.remove());
}
