use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    domain::{Email, Name},
    rpc::account::check_setup,
    ui::components::{
        field::{Field, Kind, NEW_PASSWORD_HINT},
        loaded::loaded,
        post_form::PostForm,
    },
};

const FIELDS: &[&str] = &["name", "email", "password"];

/// `/setup?token=…`: makes the first admin, once.
#[component]
pub fn SetupPage() -> impl IntoView {
    let token = use_query_map().read_untracked().get("token").unwrap_or_default();
    let check = Resource::new_blocking(move || token.clone(), check_setup);
    loaded(check, |()| setup())
}

fn setup() -> impl IntoView {
    view! {
        <Title text="Make the first admin"/>
        <section class="sheet card">
            <h1>"Make the first admin"</h1>
            <p>"Admins give others their roles. This link works once."</p>
            <PostForm fields=FIELDS>
                <Field name="name" label="Name" autocomplete="name" maxlength=Name::MAX_CHARS/>
                <Field
                    name="email"
                    label="E-mail"
                    kind=Kind::Email
                    autocomplete="username"
                    maxlength=Email::MAX_OCTETS
                />
                <Field
                    name="password"
                    label="Password"
                    kind=Kind::Password
                    autocomplete="new-password"
                    hint=NEW_PASSWORD_HINT
                />
                <button class="primary" type="submit">"Make the admin"</button>
            </PostForm>
        </section>
    }
}
