mod answers;
mod empty;
mod filters;
mod go;
mod paging;
mod row;
mod rows;
mod search;

use leptos::{either::Either, ev, prelude::*};

use self::{
    answers::Answers,
    empty::failure,
    filters::{Chips, Filters},
    go::Go,
    rows::Rows,
    search::Search,
};
use super::signals;
use crate::{
    domain::ListUsers,
    ui::{address, text},
};

/// The list of people: its address says what it shows. Links and forms work without this island;
/// with it, they fetch the rows and leave the page standing.
#[island]
pub fn UserList() -> impl IntoView {
    let (query, set_query) = signal(address::query());
    let go = Go::new(set_query);
    let answers = Answers::new(query);
    let list = Signal::derive(move || query.read().parse::<ListUsers>().unwrap_or_default());
    follow_history(query, set_query, go);
    Effect::new(move |before: Option<()>| {
        query.track();
        if before.is_some() {
            answers.ask();
        } else {
            signals::on(signals::CHANGED, move || answers.ask());
            signals::on(signals::PERSON_CHANGED, move || answers.patch());
        }
    });
    view! {
        <section
            class="user-list"
            aria-label=text::people::LIST
            aria-busy=move || answers.pending.get().to_string()
        >
            <form class="toolbar" role="search" method="get" action="/" on:submit=move |event| go.submit(&event)>
                <Search list go/>
                <Filters list go/>
            </form>
            <Chips list go/>
            <Announcement answers/>
            // Rows stay where they are, and the focus in them, while others take their place.
            <Transition>
                {move || {
                    let answer = answers.get();
                    Suspend::new(async move {
                        match answer.await {
                            Ok(listing) => {
                                let list = list.get_untracked();
                                Either::Left(view! { <Rows list listing go/> })
                            }
                            Err(error) => Either::Right(failure(error, move || answers.ask())),
                        }
                    })
                }}
            </Transition>
        </section>
    }
}

/// Back and forward within the page. Effects run in the browser alone.
fn follow_history(query: ReadSignal<String>, set_query: WriteSignal<String>, go: Go) {
    Effect::new(move |_| {
        let listener = window_event_listener(ev::popstate, move |_| {
            // A step within the page, to an anchor, is none between lists.
            let shown = address::query();
            if query.get_untracked() != shown {
                go.typed();
                set_query.set(shown);
            }
        });
        on_cleanup(move || listener.remove());
    });
}

/// Says politely, to who cannot see the rows change, that they have.
#[component]
fn Announcement(answers: Answers) -> impl IntoView {
    let (said, say) = signal(String::new());
    Effect::new(move |before: Option<bool>| {
        let pending = answers.pending.get();
        if pending {
            say.set(text::people::LOADING.to_owned());
        } else if before == Some(true) {
            // What stood there from the beginning is read anyway.
            say.set(answers.latest.with_untracked(|answer| match answer {
                Some(Ok(listing)) => text::people::loaded(&paging::range(&listing.page)),
                _ => String::new(),
            }));
        }
        pending
    });
    view! { <p class="visually-hidden" role="status">{said}</p> }
}
