use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_url};

use crate::{
    domain::{Access, AppError, ListEvents, Trail, User},
    rpc::{audit::get_history, users::get_person},
    ui::{
        components::{
            error_panel::loaded,
            layout::Breadcrumb,
            trail::{TrailEvents, TrailPaging},
        },
        text,
    },
};

/// `/users/{id}/history`: all changes to a person.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    let query = use_url().read_untracked().search().to_owned();
    let list = query.parse::<ListEvents>().unwrap_or_default();
    let data = Resource::new_blocking(move || (id.clone(), query.clone()), person_and_trail);
    loaded(data, move |(user, trail)| history(user, trail, list.clone()))
}

async fn person_and_trail((id, query): (String, String)) -> Result<(User, Trail), AppError> {
    let user = get_person(id.clone()).await?.user;
    let trail = get_history(id, query).await?;
    Ok((user, trail))
}

fn history(user: User, trail: Trail, list: ListEvents) -> impl IntoView {
    let Trail { events, next } = trail;
    let person = format!("/users/{}", user.id);
    let path = format!("{person}/history");
    let everything = format!("/audit?{}", ListEvents::of(user.id));
    let administer = use_context::<Access>().unwrap_or_default().administer;
    view! {
        <Title text=text::trail::history_of(&user.profile.name)/>
        <Breadcrumb href=person text=user.profile.name/>
        <h1>{text::trail::HISTORY}</h1>
        {administer.then(|| view! {
            <p class="lead"><a href=everything>{text::trail::AUDIT_OF_PERSON}</a>{text::trail::AFTER_AUDIT_OF_PERSON}</p>
        })}
        <TrailEvents events of_one=true nothing=text::trail::NOTHING_MORE/>
        <TrailPaging path list next/>
    }
}
