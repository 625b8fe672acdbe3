use leptos::{ev, html, prelude::*};

use super::answers::Answers;
use crate::{
    domain::ListUsers,
    ui::{context::query, islands::browser},
};

/// Where the list stands, and how its pieces move it to another address of the same page.
#[derive(Debug, Clone, Copy)]
pub struct Go {
    query: RwSignal<String>,
    /// The list that is shown.
    pub list: Signal<ListUsers>,
    answers: Answers,
    /// Where words are typed.
    pub search: NodeRef<html::Input>,
    /// Whether the address shown is still being typed: it is replaced by the next, not left behind.
    typing: RwSignal<bool>,
}

impl Go {
    pub fn new(query: RwSignal<String>, list: Signal<ListUsers>, answers: Answers) -> Self {
        Self { query, list, answers, search: NodeRef::new(), typing: RwSignal::new(false) }
    }

    /// Back and forward within the page. Not on the server.
    pub fn follow_history(self) {
        let listener = window_event_listener(ev::popstate, move |_| {
            // A step within the page, to an anchor, is none between lists.
            let shown = query();
            if self.query.get_untracked() != shown {
                self.typed();
                self.show(shown);
            }
        });
        on_cleanup(move || listener.remove());
    }

    /// A step forward in the history.
    pub fn to(self, list: &ListUsers) {
        self.typed();
        browser::push_address(&address(list));
        self.show(list.to_string());
    }

    /// One step for all that is typed in one go.
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
        self.answers.ask();
        // What is being typed stays as it is, a space at its end included.
        if let Some(search) = self.search.get_untracked().filter(|_| !self.is_typing()) {
            search.set_value(self.list.read_untracked().q.as_deref().unwrap_or_default());
        }
    }

    /// What is typed next is a step of its own.
    pub fn typed(self) {
        self.typing.set(false);
    }

    /// Whether the last step was typed.
    fn is_typing(self) -> bool {
        self.typing.get_untracked()
    }

    /// The form has nothing to send: what was chosen in it is shown already.
    pub fn submit(self, event: &ev::SubmitEvent) {
        event.prevent_default();
        self.typed();
    }
}

/// Where a list stands as a page.
pub fn address(list: &ListUsers) -> String {
    let query = list.to_string();
    if query.is_empty() { "/".to_owned() } else { format!("/?{query}") }
}

/// A link to another address of this list: a plain link until the island is alive.
#[component]
pub fn ListLink(
    /// `None`: there is nowhere to go, but the link keeps its place and its focus.
    to: Option<ListUsers>,
    go: Go,
    class: &'static str,
    #[prop(optional)] rel: Option<&'static str>,
    /// What it is for a screen reader, where its text does not say that.
    #[prop(optional, into)]
    label: Option<String>,
    /// Whether it leads to what is shown.
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
