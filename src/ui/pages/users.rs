use leptos::prelude::*;
use leptos_meta::{Link, Title};
use leptos_router::hooks::use_url;

use crate::{
    domain::Access,
    ui::{islands::user_list::UserList, shell::SiteFiles},
};

/// `/`: everybody.
#[component]
pub fn UsersPage() -> impl IntoView {
    let query = use_url().read_untracked().search().to_owned();
    let write = use_context::<Access>().unwrap_or_default().write;
    // The one page with an island: others do not need the module.
    let module = use_context::<SiteFiles>().map(|files| files.module);
    view! {
        <Title text="People"/>
        {module.map(|href| view! { <Link rel="modulepreload" href/> })}
        <div class="page-head">
            <h1>"People"</h1>
            {write.then(|| view! { <a class="button" href="/users/new">"New person"</a> })}
        </div>
        <UserList query/>
    }
}
