use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::{
    domain::User,
    rpc::users::get_user,
    ui::{
        components::{
            avatar::avatar_of,
            date::{Day, Minute},
            email::EmailText,
            error_panel::ErrorPanel,
        },
        status::PageStatus,
    },
};

/// `/users/{id}`: one person.
#[component]
pub fn PersonPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    let user = Resource::new_blocking(move || id.clone(), get_user);
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match user.await {
                    Ok(user) => person(user).into_any(),
                    Err(error) => {
                        PageStatus::set(&error);
                        view! {
                            <Title text=error.title()/>
                            <ErrorPanel error/>
                        }
                        .into_any()
                    }
                }
            })}
        </Suspense>
    }
}

fn person(user: User) -> impl IntoView {
    let mailto = format!("mailto:{}", user.email);
    view! {
        <Title text=user.name.clone()/>
        <nav aria-label="Breadcrumb"><a class="back" href="/">"All people"</a></nav>
        <article class="person">
            <header>
                {avatar_of(&user)}
                <h1 dir="auto">{user.name}</h1>
                <p><a href=mailto><EmailText email=user.email/></a></p>
            </header>
            <dl>
                <div><dt>"Joined"</dt><dd><Day at=user.created_at/></dd></div>
                <div><dt>"Last changed"</dt><dd><Minute at=user.updated_at/></dd></div>
                <div><dt>"Id"</dt><dd><code>{user.id.to_string()}</code></dd></div>
            </dl>
        </article>
    }
}
