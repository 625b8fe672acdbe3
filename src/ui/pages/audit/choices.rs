use leptos::prelude::*;
use uuid::Uuid;

use super::search::{AuditSearch, Named};
use crate::{
    domain::{ApiToken, User},
    ui::{
        components::values::{Date, EmailText},
        text,
    },
};

/// The people and tokens that the words of a filter match. The server provides them through the context.
#[derive(Debug, Clone)]
pub struct Choices {
    pub search: AuditSearch,
    /// The filter with the words.
    pub named: Named,
    pub people: Vec<User>,
    pub tokens: Vec<ApiToken>,
    /// Whether more people match.
    pub has_more: bool,
}

impl Choices {
    #[must_use]
    pub fn ids(&self) -> Vec<Uuid> {
        self.people.iter().map(|user| user.id.0).chain(self.tokens.iter().map(|token| token.id.0)).collect()
    }
}

/// The matches, each a link that filters by it.
#[component]
pub fn ChoiceList(choices: Choices) -> impl IntoView {
    let Choices { search, named, people, tokens, has_more } = choices;
    let address = |id: Uuid| search.with(named, Some(id)).address();
    let person = |user: User| {
        let deleted = user.deleted_at.map(|_| view! { " "<span class="badge">{text::people::DELETED_AT}</span> });
        view! {
            <li>
                <p>
                    <a dir="auto" href=address(user.id.0)>{user.profile.name}</a>
                    " "
                    <span class="soft"><EmailText email=user.profile.email/></span>
                    {deleted}
                </p>
            </li>
        }
    };
    let token = |token: ApiToken| {
        view! {
            <li>
                <p>
                    <a dir="auto" href=address(token.id.0)>{token.name}</a>
                    " "
                    <span class="soft">{text::trail::BEFORE_TOKEN_DAY}<Date at=token.created_at/></span>
                </p>
            </li>
        }
    };
    let people = people.into_iter().map(person).collect_view();
    let tokens = tokens.into_iter().map(token).collect_view();
    view! {
        <section class="choose" aria-labelledby="choices">
            <h2 id="choices" tabindex="-1" autofocus=true>{text::trail::several_match(search.words(named))}</h2>
            <ul class="trail choices">{people}{tokens}</ul>
            {has_more.then(|| view! { <p class="hint">{text::trail::MORE_MATCH}</p> })}
        </section>
    }
}
