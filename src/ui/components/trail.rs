//! Events of the audit trail and of a person's history.

use leptos::{either::Either, prelude::*};

use super::{changes::Changes, values::DateTime};
use crate::{
    domain::{ActorKind, Event, EventActor, EventUser, ListEvents},
    ui::text,
};

/// A list of events, latest first.
#[component]
pub fn TrailEvents(
    events: Vec<Event>,
    /// Whether all events concern the same person, whose name is then left out.
    of_one: bool,
    /// The text for an empty list.
    nothing: &'static str,
) -> impl IntoView {
    if events.is_empty() {
        return Either::Left(view! { <p class="lead">{nothing}</p> });
    }
    let event = |event| view! { <TrailEvent event of_one/> };
    Either::Right(view! { <ol class="trail">{events.into_iter().map(event).collect_view()}</ol> })
}

/// Pagination of a trail: older events, and back to the latest.
#[component]
pub fn TrailPaging(
    /// The address of the page, without its query.
    path: String,
    list: ListEvents,
    /// The position of the next page (keyset pagination).
    next: Option<i64>,
) -> impl IntoView {
    let address = |list: ListEvents| {
        let query = list.to_string();
        if query.is_empty() { path.clone() } else { format!("{path}?{query}") }
    };
    let latest = list.before.map(|_| address(ListEvents { before: None, ..list.clone() }));
    let older = next.map(|seq| address(list.after(seq)));
    (latest.is_some() || older.is_some()).then(|| {
        view! {
            <nav class="paging" aria-label=text::site::PAGES>
                {latest.map(|href| view! { <a class="button" href=href>{text::trail::LATEST}</a> })}
                {older.map(|href| view! { <a class="button" rel="next" href=href>{text::trail::OLDER}</a> })}
            </nav>
        }
    })
}

#[component]
fn TrailEvent(event: Event, of_one: bool) -> impl IntoView {
    let Event { at, actor, address, request_id, action, user, changes, import, .. } = event;
    let by_themselves = user.as_ref().is_some_and(|user| actor.id == Some(user.id.0));
    let subject = user.filter(|_| !of_one).map(subject);
    let by = (of_one || !by_themselves)
        .then(|| view! { <span class="by">{text::trail::BEFORE_ACTOR}{actor_link(actor, of_one)}</span> });
    let import = import.map(|id| {
        view! { <span class="by">{text::trail::BEFORE_IMPORT}<a href=format!("/imports/{id}")>{text::trail::BY_IMPORT}</a></span> }
    });
    let origin = address.is_some() || request_id.is_some();
    view! {
        <li>
            <DateTime at/>
            <div>
                <p><strong>{action.title()}</strong>{subject}{by}{import}</p>
                <Changes changes/>
                {origin.then(|| view! {
                    <p class="origin">
                        {address.map(|address| view! { <span>{text::trail::BEFORE_ADDRESS}<code>{address}</code></span> })}
                        {request_id.map(|id| view! { <span>{text::trail::BEFORE_REQUEST}<code>{id}</code></span> })}
                    </p>
                })}
            </div>
        </li>
    }
}

fn subject(user: EventUser) -> impl IntoView {
    let person = format!("/users/{}", user.id);
    match user.name {
        Some(name) => Either::Left(view! { {text::trail::BEFORE_SUBJECT}<a dir="auto" href=person>{name}</a> }),
        None => Either::Right(view! { {text::trail::BEFORE_SUBJECT}{text::trail::ERASED_SUBJECT} }),
    }
}

/// The actor: in a person's history a link to their page, in the audit trail a filter by them.
fn actor_link(actor: EventActor, of_one: bool) -> impl IntoView {
    let person = actor.kind == ActorKind::User && actor.name.is_some();
    let href = actor.id.and_then(|id| {
        let events = ListEvents { actor: Some(id), ..ListEvents::default() };
        if of_one { person.then(|| format!("/users/{id}")) } else { Some(format!("/audit?{events}")) }
    });
    let name = actor.title();
    match href {
        Some(href) => Either::Left(view! { <a dir="auto" href=href>{name}</a> }),
        None => Either::Right(name),
    }
}
