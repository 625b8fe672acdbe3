//! The island of the list of people.

mod empty;
mod fetch;
mod filters;
mod navigation;
mod paging;
mod row;
mod rows;
mod search;
pub mod state;

use leptos::{either::Either, prelude::*};

use self::{
    empty::failure,
    fetch::preload,
    filters::{Chips, Filters},
    navigation::ListNavigation,
    rows::rows,
    search::Search,
    state::ListState,
};
use super::browser;
use crate::{
    domain::ListUsers,
    ui::{context, text},
};

/// The list of people, determined by the address. Links and forms work without this island; with it they fetch the rows
/// without a page load.
#[island]
pub fn UserList() -> impl IntoView {
    let query = RwSignal::new(context::query());
    let list = Signal::derive(move || query.read().parse::<ListUsers>().unwrap_or_default());
    let state = ListState::new(query);
    let go = ListNavigation::new(query, list, state);
    if is_browser() {
        go.follow_history();
        browser::listen(browser::CHANGED, move || state.load());
        browser::listen(browser::PERSON_CHANGED, move || state.patch());
    }
    view! {
        <section
            class="user-list"
            aria-label=text::people::LIST
            aria-busy=move || if state.pending.get() { "true" } else { "false" }
            on:pointerenter=move |_| preload()
            on:focusin=move |_| preload()
        >
            <form class="toolbar" role="search" method="get" action="/" on:submit=move |event| go.submit(&event)>
                <Search go/>
                <Filters go/>
            </form>
            <Chips go/>
            // Announces new rows to screen readers (polite).
            <p class="visually-hidden" role="status">{state.announcement}</p>
            // The old rows, and the focus in them, stay until the new ones arrive.
            {move || state.latest.with(|latest| match latest {
                Ok(listing) => Either::Left(rows(&list.read_untracked(), listing, go)),
                Err(error) => Either::Right(failure(error, move || state.load())),
            })}
        </section>
    }
}
