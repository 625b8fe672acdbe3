use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    domain::{Email, Name},
    rpc::account::check_setup,
    ui::{
        components::{
            error_panel::loaded,
            field::{Field, Kind, NewPassword},
            post_form::FormCard,
        },
        text,
    },
};

/// `/setup?token=…`: creates the first admin, once.
#[component]
pub fn SetupPage() -> impl IntoView {
    let token = use_query_map().read_untracked().get("token").unwrap_or_default();
    let check = Resource::new_blocking(move || token.clone(), check_setup);
    loaded(check, |()| setup())
}

fn setup() -> impl IntoView {
    view! {
        <FormCard
            title=text::account::MAKE_FIRST_ADMIN
            lead=text::account::FIRST_ADMIN_MEANS
            fields=&["name", "email", "password"]
            button=text::account::MAKE_ADMIN
        >
            <Field name="name" label=text::fields::NAME autocomplete="name" maxlength=Name::MAX_CHARS/>
            <Field
                name="email"
                label=text::fields::EMAIL
                kind=Kind::Email
                autocomplete="username"
                maxlength=Email::MAX_OCTETS
            />
            <NewPassword label=text::fields::PASSWORD/>
        </FormCard>
    }
}
