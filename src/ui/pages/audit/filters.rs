use std::iter;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    domain::Action,
    ui::components::{
        field::{Field, Kind},
        select::Select,
    },
};

/// How long a UUID is.
const ID_CHARS: usize = 36;

/// The form that asks the page for a part of the trail, filled with what it shows now.
#[component]
pub fn Filters() -> impl IntoView {
    let query = use_query_map();
    let now = move |name: &str| query.read_untracked().get(name).unwrap_or_default();
    let anything = (String::new(), "Anything".to_owned());
    let actions = Action::ALL.iter().map(|action| (action.to_string(), action.title().to_owned()));
    let actions: Vec<_> = iter::once(anything).chain(actions).collect();
    view! {
        <form class="filters" method="get" action="/audit">
            <Select name="action" label="What happened" options=actions value=now("action")/>
            <Field name="since" label="Since" kind=Kind::Day required=false value=now("since")/>
            <Field name="until" label="Until" kind=Kind::Day required=false value=now("until")/>
            <Field name="user" label="To user (id)" required=false maxlength=ID_CHARS value=now("user")/>
            <Field name="actor" label="By actor (id)" required=false maxlength=ID_CHARS value=now("actor")/>
            <div class="form-actions">
                <button type="submit">"Filter"</button>
                <a class="button" href="/audit">"Everything"</a>
            </div>
        </form>
    }
}
