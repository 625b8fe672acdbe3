pub mod choices;
mod filters;
pub mod search;

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_url;

use self::{
    choices::{ChoiceList, Choices},
    filters::{Filters, Names},
    search::AuditSearch,
};
use crate::{
    domain::{Access, AppError, ListEvents, Trail},
    rpc::audit::list_events,
    ui::{
        components::{
            error_panel::{error_panel, refusal},
            trail::{TrailEvents, TrailPaging},
        },
        context::PageStatus,
        form::Submitted,
        text,
    },
};

/// `/audit`: the audit trail, for admins. The query string holds the filters.
#[component]
pub fn AuditPage() -> impl IntoView {
    let access = use_context::<Access>().unwrap_or_default();
    if !access.administer {
        return Either::Left(refusal(&access));
    }
    let query = use_url().read_untracked().search().to_owned();
    let search = AuditSearch::parse(&query).unwrap_or_default();
    let choices = use_context::<Choices>();
    // There is no trail while the words of a filter match nothing, or several people.
    let is_resolved = choices.is_none() && Submitted::to("").error.is_none();
    let list = search.list.clone();
    let data = Resource::new_blocking(move || (list.clone(), is_resolved.then(|| query.clone())), names_and_trail);
    Either::Right(view! {
        <Title text=text::trail::AUDIT_TRAIL/>
        <h1>{text::trail::AUDIT_TRAIL}</h1>
        <Suspense>
            {move || {
                let (search, choices) = (search.clone(), choices.clone());
                Suspend::new(async move {
                    let (names, trail) = data.await;
                    let list = search.list.clone();
                    let trail = trail.map(|trail| match trail {
                        Ok(trail) => Either::Left(events(trail, list)),
                        Err(error) => Either::Right(failure(error)),
                    });
                    view! {
                        <Filters search names/>
                        {choices.map(|choices| view! { <ChoiceList choices/> })}
                        {trail}
                    }
                })
            }}
        </Suspense>
    })
}

async fn names_and_trail((list, query): (ListEvents, Option<String>)) -> (Names, Option<Result<Trail, AppError>>) {
    let names = Names::of(&list).await;
    let trail = match query {
        Some(query) => Some(list_events(query).await),
        None => None,
    };
    (names, trail)
}

fn events(trail: Trail, list: ListEvents) -> impl IntoView {
    let Trail { events, next } = trail;
    view! {
        <TrailEvents events of_one=false nothing=text::trail::NOTHING_HAPPENED/>
        <TrailPaging path="/audit".to_owned() list next/>
    }
}

fn failure(error: AppError) -> impl IntoView {
    PageStatus::set(&error);
    let heading = view! { <h2>{text::site::error_title(&error)}</h2> };
    error_panel(&error, heading, view! { <a class="button" href="/audit">{text::trail::CLEAR_FILTERS}</a> })
}
