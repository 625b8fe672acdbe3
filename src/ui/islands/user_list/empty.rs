//! Panels shown instead of rows: no matches, or an error.

use leptos::{ev, prelude::*};

use super::{ListNavigation, navigation::ListLink};
use crate::{
    domain::{AppError, ListUsers, UserStatus},
    ui::{components::error_panel::error_panel, context::PageStatus, text},
};

/// An empty list: the reason, and the possible next steps.
pub fn empty_list(list: &ListUsers, may_write: bool, go: ListNavigation) -> impl IntoView + use<> {
    let filtered = list.email.is_some() || list.created_after.is_some() || list.created_before.is_some();
    let (title, advice) = match &list.q {
        Some(q) => (text::people::no_matches_for(q), text::people::TRY_OTHER_WORDS),
        None if list.page > 1 || list.cursor.is_some() => (text::people::NO_MORE.to_owned(), text::people::LIST_ENDS),
        None if filtered => (text::people::NO_MATCHES.to_owned(), text::people::REMOVE_A_FILTER),
        None if list.status == UserStatus::Deleted => {
            (text::people::NO_DELETED_PEOPLE.to_owned(), text::people::DELETED_APPEAR_HERE)
        }
        None if may_write => (text::people::EMPTY_DIRECTORY.to_owned(), text::people::ADD_OR_IMPORT),
        None => (text::people::EMPTY_DIRECTORY.to_owned(), text::people::ADDED_BY_EDITORS),
    };
    let unfiltered =
        ListUsers { status: list.status, sort: list.sort, per_page: list.per_page, ..ListUsers::default() };
    let narrowed = unfiltered != *list;
    view! {
        <section class="panel">
            <h2>{title}</h2>
            <p>{advice}</p>
            {narrowed.then(|| view! {
                <p class="panel-actions"><ListLink to=Some(unfiltered) go class="button" text=text::people::SHOW_ALL/></p>
            })}
        </section>
    }
}

/// The error that replaces the rows, with a retry button. Offline readers are told so, and the list reloads when the
/// network returns.
pub fn failure<R>(error: &AppError, retry: R) -> impl IntoView + use<R>
where
    R: Fn() + Copy + Send + Sync + 'static,
{
    PageStatus::set(error);
    let temporary = matches!(error, AppError::Internal(_) | AppError::Unavailable(_));
    let offline = is_browser() && !window().navigator().on_line();
    if is_browser() {
        let listener = window_event_listener(ev::online, move |_| retry());
        on_cleanup(move || listener.remove());
    }
    let again = move || view! { <button type="button" on:click=move |_| retry()>{text::people::TRY_AGAIN}</button> };
    let heading = view! { <h2>{if offline { text::people::OFFLINE } else { text::site::error_title(error) }}</h2> };
    // The style sheet hides the server error while offline.
    view! { <div class:offline=offline>{error_panel(error, heading, temporary.then(again))}</div> }
}
