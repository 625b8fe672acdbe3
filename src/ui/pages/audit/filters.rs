use std::iter;

use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::search::{AuditSearch, Named};
use crate::{
    domain::{Action, ListEvents, ListUsers},
    rpc::{tokens::list_tokens, users::get_user},
    ui::{
        components::{
            field::{Field, Kind},
            select::Select,
        },
        text,
    },
};

/// The names of the person and the actor that the trail is filtered by; `None` if erased or unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    person: Option<String>,
    actor: Option<String>,
}

impl Names {
    pub async fn of(list: &ListEvents) -> Self {
        let person = match list.user {
            Some(user) => person_name(user.0).await,
            None => None,
        };
        let actor = match list.actor {
            Some(actor) => actor_name(actor).await,
            None => None,
        };
        Self { person, actor }
    }

    fn get(&self, named: Named) -> Option<&str> {
        match named {
            Named::Person => self.person.as_deref(),
            Named::Actor => self.actor.as_deref(),
        }
    }
}

async fn person_name(id: Uuid) -> Option<String> {
    get_user(id.to_string()).await.ok().map(|user| user.profile.name)
}

async fn actor_name(id: Uuid) -> Option<String> {
    if let Some(name) = person_name(id).await {
        return Some(name);
    }
    list_tokens().await.ok()?.into_iter().find(|token| token.id.0 == id).map(|token| token.name)
}

/// The form that filters the trail, filled with the current filters.
#[component]
pub fn Filters(search: AuditSearch, names: Names) -> impl IntoView {
    let query = use_query_map();
    let now = move |name: &str| query.read_untracked().get(name).unwrap_or_default();
    let anything = (String::new(), text::trail::ANYTHING.to_owned());
    let actions = Action::ALL.iter().map(|action| (action.to_string(), action.title().to_owned()));
    let actions: Vec<_> = iter::once(anything).chain(actions).collect();
    let fields = Named::ALL.map(|filter| match search.id(filter) {
        Some(id) => Either::Left(chosen(&search, filter, id, names.get(filter))),
        None => Either::Right(field(&search, filter)),
    });
    view! {
        <form class="filters" method="get" action="/audit">
            <Select name="action" label=text::trail::WHAT_HAPPENED options=actions value=now("action")/>
            <Field name="since" label=text::trail::SINCE kind=Kind::Day required=false value=now("since")/>
            <Field name="until" label=text::trail::UNTIL kind=Kind::Day required=false value=now("until")/>
            {fields.into_iter().collect_view()}
            <div class="form-actions">
                <button type="submit">{text::trail::FILTER}</button>
                <a class="button" href="/audit">{text::trail::CLEAR_FILTERS}</a>
            </div>
        </form>
    }
}

/// A field for the words of a filter.
fn field(search: &AuditSearch, named: Named) -> impl IntoView + use<> {
    let value = search.words(named).to_owned();
    let (name, label, hint) = (named.field(), named.label(), named.hint());
    view! { <Field name label hint required=false maxlength=ListUsers::MAX_Q_CHARS value/> }
}

/// The person or token of a filter: a link that removes it.
fn chosen(search: &AuditSearch, named: Named, id: Uuid, name: Option<&str>) -> impl IntoView + use<> {
    let without = search.with(named, None).address();
    let name = name.map_or_else(|| id.to_string(), str::to_owned);
    let label = text::people::remove_filter(&text::trail::filtered_by(named.label(), &name));
    view! {
        <fieldset class="field">
            <legend>{named.label()}</legend>
            <a class="chip" dir="auto" href=without aria-label=label>{name}</a>
            <input type="hidden" name=named.parameter() value=id.to_string()/>
        </fieldset>
    }
}
