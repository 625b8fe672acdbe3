mod new_token;
mod rows;

use leptos::prelude::*;
use leptos_meta::Title;

use self::{new_token::NewToken, rows::Rows};
use crate::{
    domain::ApiToken,
    rpc::tokens::list_tokens,
    ui::{
        components::{alert::FormAlert, loaded::loaded, notice::Done, part::Part, secret::Secret},
        form::{Outcome, Submitted},
    },
};

const DONE: &[(&str, &str)] = &[("revoked", "The token is revoked. It opens nothing any more.")];

/// `/tokens`: the ways in for services, for admins.
#[component]
pub fn TokensPage() -> impl IntoView {
    let tokens = Resource::new_blocking(|| (), |()| list_tokens());
    loaded(tokens, page)
}

fn page(tokens: Vec<ApiToken>) -> impl IntoView {
    let made = match Submitted::to("create").outcome {
        Some(Outcome::Token(token)) => Some(token),
        _ => None,
    };
    view! {
        <Title text="API tokens"/>
        <h1>"API tokens"</h1>
        <p class="lead">
            "A service shows its token with every request: "<code>"Authorization: Bearer …"</code>
            " What it may ask, "<a href="/api/docs">"the API’s page"</a>" says."
        </p>
        <Done words=DONE/>
        <FormAlert form="revoke"/>
        {made.map(|value| view! {
            <div class="sheet">
                <Secret id="token" label="The new token" value hint="Copy it now: it is not shown again."/>
            </div>
        })}
        <Rows tokens/>
        <div class="sheet parts">
            <Part title="New token">
                <NewToken/>
            </Part>
        </div>
    }
}
