mod rows;
mod search;

use leptos::{either::Either, ev, prelude::*};

use self::{rows::Rows, search::Search};
use super::history;
use crate::{
    domain::{AppError, ListUsers},
    rpc::{users::list_users, wire::Wire},
    ui::{address, components::error_panel::error_panel, status::PageStatus},
};

/// The list of people: its address says what it shows. Every link and the search form work without
/// this island; with it, they fetch the rows and leave the page standing.
#[island]
pub fn UserList() -> impl IntoView {
    let (query, set_query) = signal(address::query());
    let (loading, set_loading) = signal(false);
    let go = Go(set_query);
    let users = Resource::<_, Wire>::new_with_options(move || query.get(), list_users, false);
    // Effects run in the browser alone.
    Effect::new(move |_| {
        let listener = window_event_listener(ev::popstate, move |_| {
            // A step within the page, to an anchor, is none between lists.
            let shown = address::query();
            if query.get_untracked() != shown {
                set_query.set(shown);
            }
        });
        on_cleanup(move || listener.remove());
    });
    view! {
        <section class="user-list" aria-label="List of people" aria-busy=move || loading.get().to_string()>
            <Search query go/>
            <Announcement query loading/>
            // The first rows come with the page; while others are on their way, these stay.
            <Transition set_pending=set_loading>
                {move || {
                    let shown = query.get_untracked();
                    Suspend::new(async move {
                        match users.await {
                            Ok(page) => Either::Left(view! { <Rows list=shown.parse().unwrap_or_default() page go/> }),
                            Err(error) => Either::Right(view! { <Failure error retry=move || users.refetch()/> }),
                        }
                    })
                }}
            </Transition>
        </section>
    }
}

/// How the pieces of the list move it to another address of the same page.
#[derive(Debug, Clone, Copy)]
struct Go(WriteSignal<String>);

impl Go {
    fn to(self, list: &ListUsers) {
        history::push(&address(list));
        self.0.set(list.to_string());
    }
}

/// Where a list stands as a page.
fn address(list: &ListUsers) -> String {
    let query = list.to_string();
    if query.is_empty() { "/".to_owned() } else { format!("/?{query}") }
}

/// A link to another address of this list: a plain link until the island is alive.
#[component]
fn ListLink(
    /// `None`: there is nowhere to go, but the link keeps its place and its focus.
    to: Option<ListUsers>,
    go: Go,
    class: &'static str,
    #[prop(optional)] rel: Option<&'static str>,
    text: &'static str,
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
            tabindex=nowhere.then_some("-1")
            on:click=follow
        >
            {text}
        </a>
    }
}

/// Says politely, to who cannot see the rows change, that they have.
#[component]
fn Announcement(query: ReadSignal<String>, loading: ReadSignal<bool>) -> impl IntoView {
    let text = move || {
        let list = query.get().parse::<ListUsers>().unwrap_or_default();
        if loading.get() { "Loading people".to_owned() } else { format!("Page {}", list.page) }
    };
    view! { <p class="visually-hidden" role="status">{text}</p> }
}

#[component]
fn Failure(error: AppError, retry: impl Fn() + Send + 'static) -> impl IntoView {
    PageStatus::set(&error);
    let temporary = matches!(error.status(), 500 | 503);
    let again = move || view! { <button type="button" on:click=move |_| retry()>"Try again"</button> };
    let heading = view! { <h2>{error.title()}</h2> };
    error_panel(error, heading, temporary.then(again))
}
