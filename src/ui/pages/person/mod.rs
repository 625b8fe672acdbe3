mod deleted;
mod erase;
mod sheet;
mod sign_in;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use self::{
    deleted::{Deleted, RestoreAlert},
    erase::Erase,
    sheet::PersonSheet,
    sign_in::SignIn,
};
use crate::{
    domain::{Access, AppError, Event, Person, Trail, UserId},
    rpc::{audit::get_history, users::get_person},
    ui::{
        components::{error_panel::loaded, layout::Breadcrumb, notice::FormAlert, trail::TrailEvents},
        text,
    },
};

/// `/users/{id}`: a person, with the latest changes for editors.
#[component]
pub fn PersonPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    let write = use_context::<Access>().unwrap_or_default().write;
    let person = Resource::new_blocking(move || (id.clone(), write), person_and_trail);
    loaded(person, page)
}

async fn person_and_trail((id, write): (String, bool)) -> Result<(Person, Option<Trail>), AppError> {
    let person = get_person(id.clone()).await?;
    let trail = if write { Some(get_history(id, "per_page=5".to_owned()).await?) } else { None };
    Ok((person, trail))
}

fn page((person, trail): (Person, Option<Trail>)) -> impl IntoView {
    let Person { user, deletion, account } = person;
    let access = use_context::<Access>().unwrap_or_default();
    let id = user.id;
    let account = account.filter(|_| user.deleted_at.is_none());
    let holder = deletion.as_ref().and_then(|deletion| deletion.holder.clone());
    let deletion = user.deleted_at.zip(deletion);
    view! {
        <Title text=user.profile.name.clone()/>
        <Breadcrumb href="/" text=text::site::ALL_PEOPLE/>
        <FormAlert form="delete"/>
        <RestoreAlert holder/>
        <article class="sheet person">
            {deletion.map(|(at, deletion)| view! { <Deleted at deletion write=access.write/> })}
            <PersonSheet user write=access.write/>
        </article>
        {trail.map(|trail| view! { <History id trail/> })}
        {access.administer.then(|| view! {
            <div class="sheet parts">
                {account.map(|account| view! { <SignIn account/> })}
                <Erase/>
            </div>
        })}
    }
}

#[component]
fn History(id: UserId, trail: Trail) -> impl IntoView {
    // Addresses and request ids are only in the full history.
    let events = trail.events.into_iter().map(|event| Event { address: None, request_id: None, ..event }).collect();
    view! {
        <section class="person-history" aria-labelledby="history">
            <div class="page-head">
                <h2 id="history">{text::person::LATEST_CHANGES}</h2>
                <a class="quiet" href=format!("/users/{id}/history")>{text::person::FULL_HISTORY}</a>
            </div>
            <TrailEvents events of_one=true nothing=text::trail::NOTHING_MORE/>
        </section>
    }
}
