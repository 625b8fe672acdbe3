use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_url;

use crate::ui::islands::user_list::UserList;

/// `/`: everybody.
#[component]
pub fn UsersPage() -> impl IntoView {
    let query = use_url().read_untracked().search().to_owned();
    view! {
        <Title text="People"/>
        <h1>"People"</h1>
        <UserList query/>
    }
}
