mod filters;

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_url;

use self::filters::Filters;
use crate::{
    domain::{Access, AppError, ListEvents, Trail},
    rpc::audit::list_events,
    ui::{
        components::{
            error_panel::{error_panel, refusal},
            trail::{TrailEvents, TrailPaging},
        },
        context::PageStatus,
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
    let list = query.parse::<ListEvents>().unwrap_or_default();
    let trail = Resource::new_blocking(move || query.clone(), list_events);
    Either::Right(view! {
        <Title text=text::trail::AUDIT_TRAIL/>
        <h1>{text::trail::AUDIT_TRAIL}</h1>
        <Filters/>
        <Suspense>
            {move || {
                let list = list.clone();
                Suspend::new(async move {
                    match trail.await {
                        Ok(trail) => Either::Left(events(trail, list)),
                        Err(error) => Either::Right(failure(error)),
                    }
                })
            }}
        </Suspense>
    })
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
    error_panel(&error, heading, view! { <a class="button" href="/audit">{text::trail::EVERYTHING}</a> })
}
