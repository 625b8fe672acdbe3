use std::iter;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    domain::Action,
    ui::{
        components::{
            field::{Field, Kind},
            select::Select,
        },
        text,
    },
};

/// The length of a UUID.
const ID_CHARS: usize = 36;

/// The form that filters the trail, filled with the current filters.
#[component]
pub fn Filters() -> impl IntoView {
    let query = use_query_map();
    let now = move |name: &str| query.read_untracked().get(name).unwrap_or_default();
    let anything = (String::new(), text::trail::ANYTHING.to_owned());
    let actions = Action::ALL.iter().map(|action| (action.to_string(), action.title().to_owned()));
    let actions: Vec<_> = iter::once(anything).chain(actions).collect();
    view! {
        <form class="filters" method="get" action="/audit">
            <Select name="action" label=text::trail::WHAT_HAPPENED options=actions value=now("action")/>
            <Field name="since" label=text::trail::SINCE kind=Kind::Day required=false value=now("since")/>
            <Field name="until" label=text::trail::UNTIL kind=Kind::Day required=false value=now("until")/>
            <Field name="user" label=text::trail::TO_USER required=false maxlength=ID_CHARS value=now("user")/>
            <Field name="actor" label=text::trail::BY_ACTOR required=false maxlength=ID_CHARS value=now("actor")/>
            <div class="form-actions">
                <button type="submit">{text::trail::FILTER}</button>
                <a class="button" href="/audit">{text::trail::EVERYTHING}</a>
            </div>
        </form>
    }
}
