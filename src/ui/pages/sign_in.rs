use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::{
    components::{
        field::{Field, Kind},
        post_form::PostForm,
    },
    text,
};

const FIELDS: &[&str] = &["email", "password"];

/// `/sign-in`: for those who have a password. Where they wanted to go stays in the address.
#[component]
pub fn SignInPage() -> impl IntoView {
    view! {
        <Title text=text::site::SIGN_IN/>
        <section class="sheet card">
            <h1>{text::site::SIGN_IN}</h1>
            <PostForm fields=FIELDS>
                <Field name="email" label=text::fields::EMAIL kind=Kind::Email autocomplete="username"/>
                <Field name="password" label=text::fields::PASSWORD kind=Kind::Password autocomplete="current-password"/>
                <button class="primary" type="submit">{text::site::SIGN_IN}</button>
            </PostForm>
            <p class="hint">{text::account::FORGOTTEN}</p>
        </section>
    }
}
