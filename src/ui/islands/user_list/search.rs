use leptos::{ev, html, prelude::*};

use super::Go;
use crate::domain::ListUsers;

/// The search box: a form that asks for this page again.
#[component]
pub fn Search(query: ReadSignal<String>, go: Go) -> impl IntoView {
    let list = move || query.get().parse::<ListUsers>().unwrap_or_default();
    let words = move || list().q.unwrap_or_default();
    // What the form keeps of the list it searches, when it is sent without this island.
    let kept = move || {
        let (list, default) = (list(), ListUsers::default());
        let status = (list.status != default.status).then(|| ("status", list.status.to_string()));
        let sort = (list.sort != default.sort).then(|| ("sort", list.sort.to_string()));
        let per_page = (list.per_page != default.per_page).then(|| ("per_page", list.per_page.to_string()));
        status.into_iter().chain(sort).chain(per_page)
    };
    let input = NodeRef::<html::Input>::new();
    let submit = move |event: ev::SubmitEvent| {
        let Some(input) = input.get() else { return };
        event.prevent_default();
        let q = Some(input.value().trim().to_owned()).filter(|q| !q.is_empty());
        go.to(&ListUsers { q, page: 1, ..list() });
    };
    view! {
        <form class="search" role="search" method="get" action="/" on:submit=submit>
            <label class="visually-hidden" for="q">"Search by name or e-mail"</label>
            <input
                node_ref=input
                id="q"
                name="q"
                type="search"
                placeholder="Name or e-mail"
                autocomplete="off"
                spellcheck="false"
                maxlength=ListUsers::MAX_Q_CHARS.to_string()
                value=untrack(words)
                prop:value=words
            />
            {move || kept().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()}
            <button class="primary" type="submit">"Search"</button>
        </form>
    }
}
