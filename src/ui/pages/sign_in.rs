use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::components::{
    field::{Field, Kind},
    post_form::PostForm,
};

const FIELDS: &[&str] = &["email", "password"];

/// `/sign-in`: for those who have a password. Where they wanted to go stays in the address.
#[component]
pub fn SignInPage() -> impl IntoView {
    view! {
        <Title text="Sign in"/>
        <section class="sheet card">
            <h1>"Sign in"</h1>
            <PostForm fields=FIELDS>
                <Field name="email" label="E-mail" kind=Kind::Email autocomplete="username"/>
                <Field name="password" label="Password" kind=Kind::Password autocomplete="current-password"/>
                <button class="primary" type="submit">"Sign in"</button>
            </PostForm>
            <p class="hint">"Forgotten your password? An admin can make you a link that sets a new one."</p>
        </section>
    }
}
