use std::time::Duration;

use leptos::{ev, prelude::*};

use super::ListNavigation;
use crate::{domain::ListUsers, ui::text};

/// How long typing must pause before the list is loaded.
const DEBOUNCE: Duration = Duration::from_millis(150);

/// The search box. It searches while the user types; before hydration it submits a form.
#[component]
pub fn Search(go: ListNavigation) -> impl IntoView {
    // The number of inputs so far: only the latest one starts a search.
    let typed = StoredValue::new(0_u32);
    let search = move || {
        let Some(input) = go.search.get_untracked() else { return };
        let q = Some(input.value().trim().to_owned()).filter(|q| !q.is_empty());
        let now = go.list.get_untracked();
        if q != now.q {
            go.type_to(&ListUsers { q, ..now.at_page(1) });
        }
    };
    let wait = move |_| {
        let now = typed.get_value() + 1;
        typed.set_value(now);
        set_timeout(
            move || {
                if typed.get_value() == now {
                    search();
                }
            },
            DEBOUNCE,
        );
    };
    if is_browser() {
        // Text may have been typed before hydration.
        set_timeout(search, Duration::ZERO);
    }
    view! {
        <div class="search">
            <label class="visually-hidden" for="q">{text::people::SEARCH_BY}</label>
            <input
                node_ref=go.search
                id="q"
                name="q"
                type="search"
                placeholder=text::people::NAME_OR_EMAIL
                autocomplete="off"
                spellcheck="false"
                aria-keyshortcuts="/"
                maxlength=ListUsers::MAX_Q_CHARS.to_string()
                value=go.list.read_untracked().q.clone().unwrap_or_default()
                on:input=wait
                on:change=move |_| go.typed()
                on:keydown=move |key: ev::KeyboardEvent| if key.key() == "Enter" { search(); }
            />
            <button type="submit" aria-label=text::people::SEARCH>
                <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M8.5 3a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM13 13l4 4"/></svg>
            </button>
        </div>
    }
}
