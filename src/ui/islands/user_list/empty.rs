use leptos::{ev, prelude::*};

use super::{Go, go::ListLink};
use crate::{
    domain::{AppError, ListUsers, UserStatus},
    ui::{components::error_panel::error_panel, status::PageStatus},
};

/// Why there is nobody to show, and what to do about it.
#[component]
pub fn Nobody(list: ListUsers, go: Go) -> impl IntoView {
    let filtered = list.email.is_some() || list.created_after.is_some() || list.created_before.is_some();
    let (title, text) = match &list.q {
        Some(q) => (
            format!("Nobody matches “{q}”"),
            "Try fewer words or another spelling. Accents and capitals make no difference.",
        ),
        None if list.page > 1 || list.cursor.is_some() => {
            ("No more people".to_owned(), "The list ends before this page.")
        }
        None if filtered => ("Nobody is left".to_owned(), "The filters leave nobody. Take one away."),
        None if list.status == UserStatus::Deleted => {
            ("Nobody is deleted".to_owned(), "Who is deleted can be found here and restored.")
        }
        None => ("Nobody is here yet".to_owned(), "Bring people in with the command: rollcall import FILE.csv"),
    };
    let everybody = ListUsers { status: list.status, sort: list.sort, per_page: list.per_page, ..ListUsers::default() };
    let narrowed = everybody != list;
    view! {
        <section class="panel">
            <h2>{title}</h2>
            <p>{text}</p>
            {narrowed.then(|| view! {
                <p class="panel-actions"><ListLink to=Some(everybody) go class="button" text="Show everybody"/></p>
            })}
        </section>
    }
}

/// Why there are no rows, with a way to try again. Who is offline is told so, and the rows come by
/// themselves when the network does.
pub fn failure(error: AppError, retry: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    PageStatus::set(&error);
    let temporary = matches!(error.status(), 500 | 503);
    let (offline, set_offline) = signal(false);
    Effect::new(move |_| {
        set_offline.set(!window().navigator().on_line());
        let listener = window_event_listener(ev::online, move |_| retry());
        on_cleanup(move || listener.remove());
    });
    let again = move || view! { <button type="button" on:click=move |_| retry()>"Try again"</button> };
    let title = error.title();
    let heading = view! { <h2>{move || if offline.get() { "You are offline" } else { title }}</h2> };
    error_panel(error, heading, temporary.then(again))
}
