use leptos::{ev, prelude::*};

use crate::domain::ListUsers;
use crate::ui::islands::history;

/// How the pieces of the list move it to another address of the same page.
#[derive(Debug, Clone, Copy)]
pub struct Go {
    query: WriteSignal<String>,
    /// Whether the address shown is still being typed: it is replaced by the next, not left behind.
    typing: StoredValue<bool>,
}

impl Go {
    pub fn new(query: WriteSignal<String>) -> Self {
        Self { query, typing: StoredValue::new(false) }
    }

    /// A step forward in the history.
    pub fn to(self, list: &ListUsers) {
        self.typing.set_value(false);
        history::push(&address(list));
        self.query.set(list.to_string());
    }

    /// One step for all that is typed in one go.
    pub fn type_to(self, list: &ListUsers) {
        let href = address(list);
        if self.typing.get_value() {
            history::replace(&href);
        } else {
            history::push(&href);
        }
        self.typing.set_value(true);
        self.query.set(list.to_string());
    }

    /// What is typed next is a step of its own.
    pub fn typed(self) {
        self.typing.set_value(false);
    }

    /// Whether the last step was typed.
    pub fn is_typing(self) -> bool {
        self.typing.get_value()
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
        if let Some(list) = to.as_ref().filter(|_| history::is_plain(&click)) {
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
