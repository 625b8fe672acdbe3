//! The island of the list of people.

mod ask;
mod empty;
mod filters;
mod navigation;
mod paging;
mod row;
mod rows;
mod search;
pub mod state;

use leptos::{either::Either, prelude::*};

use self::{
    ask::prepare,
    empty::failure,
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
    let answers = ListState::new(query);
    let go = ListNavigation::new(query, list, answers);
    if is_browser() {
        go.follow_history();
        browser::listen(browser::CHANGED, move || answers.ask());
        browser::listen(browser::PERSON_CHANGED, move || answers.patch());
    }
    view! {
        <section
            class="user-list"
            aria-label=text::people::LIST
            aria-busy=move || if answers.pending.get() { "true" } else { "false" }
            on:pointerenter=move |_| prepare()
            on:focusin=move |_| prepare()
        >
            <form class="toolbar" role="search" method="get" action="/" on:submit=move |event| go.submit(&event)>
                <Search go/>
                <Filters go/>
            </form>
            <Chips go/>
            // Announces new rows to screen readers (polite).
            <p class="visually-hidden" role="status">{answers.announcement}</p>
            // The old rows, and the focus in them, stay until the new ones arrive.
            {move || answers.latest.with(|answer| match answer {
                Ok(listing) => Either::Left(rows(&list.read_untracked(), listing, go)),
                Err(error) => Either::Right(failure(error, move || answers.ask())),
            })}
        </section>
    }
}
