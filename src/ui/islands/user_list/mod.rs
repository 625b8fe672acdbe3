mod bulk;
mod empty;
mod filters;
mod go;
mod paging;
mod row;
mod rows;
mod search;
mod selection;

use leptos::{either::Either, ev, prelude::*};

use self::{
    bulk::BulkBar,
    empty::failure,
    filters::{Chips, Filters},
    go::Go,
    rows::Rows,
    search::Search,
    selection::Selection,
};
use crate::{
    domain::{AppError, ListUsers, Listing},
    rpc::{users::list_users, wire::Wire},
    ui::address,
};

/// The list of people: its address says what it shows. Links and forms work without this island;
/// with it, they fetch the rows and leave the page standing.
#[island]
pub fn UserList() -> impl IntoView {
    let (query, set_query) = signal(address::query());
    let (loading, set_loading) = signal(false);
    let go = Go::new(set_query);
    let users = Users::new_with_options(move || query.get(), list_users, false);
    let selection = Selection::new(move || users.refetch());
    let list = Signal::derive(move || query.read().parse::<ListUsers>().unwrap_or_default());
    follow_history(query, set_query);
    follow_rows(query, users, selection);
    view! {
        <section class="user-list" aria-label="List of people" aria-busy=move || loading.get().to_string()>
            <form class="toolbar" role="search" method="get" action="/" on:submit=move |event| go.submit(&event)>
                <Search list go/>
                <Filters list go/>
            </form>
            <Chips list go/>
            <Announcement users loading/>
            // The first rows come with the page; while others are on their way, these stay.
            <Transition set_pending=set_loading>
                {move || {
                    let list = list.get_untracked();
                    Suspend::new(async move {
                        match users.await {
                            Ok(listing) => Either::Left(view! { <Rows list listing go selection/> }),
                            Err(error) => Either::Right(failure(error, move || users.refetch())),
                        }
                    })
                }}
            </Transition>
            <BulkBar list selection/>
        </section>
    }
}

type Users = Resource<Result<Listing, AppError>, Wire>;

/// Back and forward within the page. Effects run in the browser alone.
fn follow_history(query: ReadSignal<String>, set_query: WriteSignal<String>) {
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
}

/// What is selected is of the rows that are shown.
fn follow_rows(query: ReadSignal<String>, users: Users, selection: Selection) {
    Effect::new(move |before: Option<()>| {
        query.track();
        if before.is_some() { selection.clear() } else { selection.read() }
    });
    Effect::new(move |_| {
        let of = users.with(|listing| match listing {
            Some(Ok(Listing { page, .. })) => (page.items.len(), page.total),
            _ => (0, None),
        });
        selection.of.set(of);
    });
}

/// Says politely, to who cannot see the rows change, that they have.
#[component]
fn Announcement(users: Users, loading: ReadSignal<bool>) -> impl IntoView {
    let (text, set_text) = signal(String::new());
    Effect::new(move |before: Option<bool>| {
        let loading = loading.get();
        if loading {
            set_text.set("Loading people".to_owned());
        } else if before == Some(true) {
            // What stood there from the beginning is read anyway.
            set_text.set(users.with(|listing| match listing {
                Some(Ok(listing)) => format!("People {}", paging::range(&listing.page).replace('–', " to ")),
                _ => String::new(),
            }));
        }
        loading
    });
    view! { <p class="visually-hidden" role="status">{text}</p> }
}
