use leptos::prelude::*;
use leptos_meta::{Link, Title};
use leptos_router::hooks::use_url;

use crate::{
    domain::{Access, ListUsers, UserStatus},
    rpc::users::list_users,
    ui::{
        components::{live::Live, notice::FormAlert},
        context,
        context::SiteFiles,
        islands::{
            bulk::Bulk,
            user_list::{UserList, state::InitialData},
        },
        text,
    },
};

/// `/`: the list of people, or of deleted people.
#[component]
pub fn UsersPage() -> impl IntoView {
    let query = use_url().read_untracked().search().to_owned();
    let status = query.parse::<ListUsers>().unwrap_or_default().status;
    let title = match status {
        UserStatus::Active => text::people::PEOPLE,
        UserStatus::Deleted => text::site::DELETED_PEOPLE,
        UserStatus::All => text::people::WITH_DELETED,
    };
    let write = use_context::<Access>().unwrap_or_default().write;
    // Preloaded only here: the list hydrates at once; other pages load the module when they need it.
    let module = use_context::<SiteFiles>().map(|files| files.module);
    let listing = Resource::new_blocking(context::query, list_users);
    let list = move || {
        Suspend::new(async move {
            let initial = InitialData(listing.await);
            provide_context(initial.clone());
            view! {
                {initial.embedded()}
                <UserList/>
            }
        })
    };
    view! {
        <Title text=title/>
        {module.map(|href| view! { <Link rel="modulepreload" href/> })}
        <FormAlert form="delete"/>
        <FormAlert form="restore"/>
        <div class="page-head">
            <h1>{title}</h1>
            {write.then(|| actions(status))}
        </div>
        <Live status/>
        <Suspense>{list}</Suspense>
        // Hydrated when the first checkbox is ticked (public/boot.js).
        {write.then(|| view! { <div data-later=""><Bulk/></div> })}
    }
}

/// The actions of editors.
fn actions(status: UserStatus) -> impl IntoView {
    let (href, title) = if status == UserStatus::Active {
        ("/?status=deleted", text::site::DELETED_PEOPLE)
    } else {
        ("/", text::site::ALL_PEOPLE)
    };
    view! {
        <a class="button primary" href="/users/new" aria-keyshortcuts="n">{text::site::NEW_PERSON}</a>
        <a class="quiet" href="/imports">{text::imports::IMPORT}</a>
        <a class="quiet" href=href>{title}</a>
    }
}
