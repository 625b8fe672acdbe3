use leptos::{ev, html, prelude::*};

use super::state::ListState;
use crate::{
    domain::ListUsers,
    ui::{context::query, islands::browser},
};

/// Navigation within the list: changes its address without a page load.
#[derive(Debug, Clone, Copy)]
pub struct ListNavigation {
    query: RwSignal<String>,
    /// The current list.
    pub list: Signal<ListUsers>,
    state: ListState,
    /// The search input.
    pub search: NodeRef<html::Input>,
    /// Whether the current address comes from text still being typed; the next one then replaces it in the history.
    typing: RwSignal<bool>,
}

impl ListNavigation {
    pub fn new(query: RwSignal<String>, list: Signal<ListUsers>, state: ListState) -> Self {
        Self { query, list, state, search: NodeRef::new(), typing: RwSignal::new(false) }
    }

    /// Handles the back and forward buttons. Not on the server.
    pub fn follow_history(self) {
        let listener = window_event_listener(ev::popstate, move |_| {
            // A jump to an anchor does not change the list.
            let shown = query();
            if self.query.get_untracked() != shown {
                self.typed();
                self.show(shown);
            }
        });
        on_cleanup(move || listener.remove());
    }

    /// Goes to a list with a new history entry.
    pub fn to(self, list: &ListUsers) {
        self.typed();
        browser::push_address(&address(list));
        self.show(list.to_string());
    }

    /// Goes to a list as text is typed: one history entry for all of it.
    pub fn type_to(self, list: &ListUsers) {
        let href = address(list);
        if self.is_typing() {
            browser::replace_address(&href);
        } else {
            browser::push_address(&href);
        }
        self.typing.set(true);
        self.show(list.to_string());
    }

    fn show(self, query: String) {
        self.query.set(query);
        self.state.load();
        // The text being typed is kept as it is, including a trailing space.
        if let Some(search) = self.search.get_untracked().filter(|_| !self.is_typing()) {
            search.set_value(self.list.read_untracked().q.as_deref().unwrap_or_default());
        }
    }

    /// Ends typing: the next input makes a new history entry.
    pub fn typed(self) {
        self.typing.set(false);
    }

    /// Whether the last navigation came from typing.
    fn is_typing(self) -> bool {
        self.typing.get_untracked()
    }

    /// Prevents the submission: every choice has already been applied.
    pub fn submit(self, event: &ev::SubmitEvent) {
        event.prevent_default();
        self.typed();
    }
}

/// The address of a list.
pub fn address(list: &ListUsers) -> String {
    let query = list.to_string();
    if query.is_empty() { "/".to_owned() } else { format!("/?{query}") }
}

/// A link to another list, handled without a page load after hydration.
#[component]
pub fn ListLink(
    /// `None` disables the link, which keeps its place and its focus.
    to: Option<ListUsers>,
    go: ListNavigation,
    class: &'static str,
    #[prop(optional)] rel: Option<&'static str>,
    /// The label for screen readers, if the text is not enough.
    #[prop(optional, into)]
    label: Option<String>,
    /// Whether it points to the current list.
    #[prop(optional)]
    current: bool,
    #[prop(into)] text: String,
) -> impl IntoView {
    let href = to.as_ref().map(address);
    let nowhere = to.is_none();
    let follow = move |click: ev::MouseEvent| {
        if let Some(list) = to.as_ref().filter(|_| browser::is_plain_click(&click)) {
            click.prevent_default();
            go.to(list);
        }
    };
    view! {
        <a
            class=class
            href=href
            rel=rel
            role=nowhere.then_some("link")
            aria-disabled=nowhere.then_some("true")
            aria-label=label
            aria-current=current.then_some("true")
            tabindex=nowhere.then_some("-1")
            on:click=follow
        >
            {text}
        </a>
    }
}
