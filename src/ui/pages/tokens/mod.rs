mod new_token;
mod rows;

use leptos::prelude::*;
use leptos_meta::Title;

use self::{new_token::NewToken, rows::Rows};
use crate::{
    domain::ApiToken,
    rpc::tokens::list_tokens,
    ui::{
        components::{
            copy::Secret,
            error_panel::loaded,
            layout::Part,
            notice::{Done, FormAlert},
        },
        form::{CreatedSecret, Submitted},
        text,
    },
};

const DONE: &[(&str, &str)] = &[("revoked", text::tokens::REVOKED_NEWS)];

/// `/tokens`: API tokens, for admins.
#[component]
pub fn TokensPage() -> impl IntoView {
    let tokens = Resource::new_blocking(|| (), |()| list_tokens());
    loaded(tokens, page)
}

fn page(tokens: Vec<ApiToken>) -> impl IntoView {
    let made = match Submitted::to("create").secret {
        Some(CreatedSecret::Token(token)) => Some(token),
        _ => None,
    };
    view! {
        <Title text=text::tokens::API_TOKENS/>
        <h1>{text::tokens::API_TOKENS}</h1>
        <p class="lead">
            {text::tokens::BEFORE_HEADER}<code>"Authorization: Bearer …"</code>
            {text::tokens::BEFORE_API_PAGE}<a href="/api/docs">{text::tokens::API_PAGE}</a>{text::tokens::AFTER_API_PAGE}
        </p>
        <Done words=DONE/>
        <FormAlert form="revoke"/>
        {made.map(|value| view! {
            <div class="sheet">
                <Secret id="token" label=text::tokens::CREATED_TOKEN value hint=text::tokens::CREATED_HINT/>
            </div>
        })}
        <Rows tokens/>
        <div class="sheet parts">
            <Part title=text::tokens::NEW_TOKEN>
                <NewToken/>
            </Part>
        </div>
    }
}
