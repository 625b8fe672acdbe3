use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    domain::Invitation,
    rpc::account::get_invitation,
    ui::components::{
        field::{Field, Kind, NEW_PASSWORD_HINT},
        loaded::loaded,
        post_form::PostForm,
    },
};

const FIELDS: &[&str] = &["password"];

/// `/invite?token=…`: somebody sets their first password, or a new one.
#[component]
pub fn InvitePage() -> impl IntoView {
    let token = use_query_map().read_untracked().get("token").unwrap_or_default();
    let invited = Resource::new_blocking(move || token.clone(), get_invitation);
    loaded(invited, invite)
}

fn invite(invitation: Invitation) -> impl IntoView {
    let Invitation { name, email, resets } = invitation;
    let (title, text) = if resets {
        ("Set a new password".to_owned(), "The old one ends with it, and every browser is signed out.")
    } else {
        (format!("Welcome, {name}"), "Set a password, and you are signed in.")
    };
    view! {
        <Title text=title.clone()/>
        <section class="sheet card">
            <h1 dir="auto">{title}</h1>
            <p>{text}</p>
            <PostForm fields=FIELDS>
                // Password managers keep it with the password.
                <Field
                    name="email"
                    label="E-mail"
                    kind=Kind::Email
                    autocomplete="username"
                    value=email
                    readonly=true
                />
                <Field
                    name="password"
                    label="New password"
                    kind=Kind::Password
                    autocomplete="new-password"
                    hint=NEW_PASSWORD_HINT
                />
                <button class="primary" type="submit">"Set the password"</button>
            </PostForm>
        </section>
    }
}
