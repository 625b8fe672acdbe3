use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    domain::{Email, Name},
    rpc::account::check_setup,
    ui::{
        components::{
            error_panel::loaded,
            field::{Field, Kind},
            post_form::PostForm,
        },
        text,
    },
};

const FIELDS: &[&str] = &["name", "email", "password"];

/// `/setup?token=…`: creates the first admin, once.
#[component]
pub fn SetupPage() -> impl IntoView {
    let token = use_query_map().read_untracked().get("token").unwrap_or_default();
    let check = Resource::new_blocking(move || token.clone(), check_setup);
    loaded(check, |()| setup())
}

fn setup() -> impl IntoView {
    view! {
        <Title text=text::account::MAKE_FIRST_ADMIN/>
        <section class="sheet card">
            <h1>{text::account::MAKE_FIRST_ADMIN}</h1>
            <p>{text::account::FIRST_ADMIN_MEANS}</p>
            <PostForm fields=FIELDS>
                <Field name="name" label=text::fields::NAME autocomplete="name" maxlength=Name::MAX_CHARS/>
                <Field
                    name="email"
                    label=text::fields::EMAIL
                    kind=Kind::Email
                    autocomplete="username"
                    maxlength=Email::MAX_OCTETS
                />
                <Field
                    name="password"
                    label=text::fields::PASSWORD
                    kind=Kind::Password
                    autocomplete="new-password"
                    hint=text::fields::NEW_PASSWORD_HINT
                />
                <button class="primary" type="submit">{text::account::MAKE_ADMIN}</button>
            </PostForm>
        </section>
    }
}
