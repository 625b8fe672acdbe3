use leptos::{ev, html, prelude::*};

use super::Go;
use crate::domain::{ListUsers, UserSort};

/// The search box: a form that asks for this page again.
#[component]
pub fn Search(query: ReadSignal<String>, go: Go) -> impl IntoView {
    let list = move || query.get().parse::<ListUsers>().unwrap_or_default();
    let words = move || list().q.unwrap_or_default();
    let sort = move || Some(list().sort).filter(|sort| *sort != UserSort::default()).map(|sort| sort.to_string());
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
            {move || sort().map(|sort| view! { <input type="hidden" name="sort" value=sort/> })}
            <button type="submit">"Search"</button>
        </form>
    }
}
