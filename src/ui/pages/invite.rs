use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    domain::Invitation,
    rpc::account::get_invitation,
    ui::{
        components::{
            field::{Field, Kind},
            loaded::loaded,
            post_form::PostForm,
        },
        text,
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
    let (title, meaning) = if resets {
        (text::account::RESET.to_owned(), text::account::RESET_MEANS)
    } else {
        (text::account::welcome(&name), text::account::INVITED)
    };
    view! {
        <Title text=title.clone()/>
        <section class="sheet card">
            <h1 dir="auto">{title}</h1>
            <p>{meaning}</p>
            <PostForm fields=FIELDS>
                // Password managers keep it with the password.
                <Field
                    name="email"
                    label=text::fields::EMAIL
                    kind=Kind::Email
                    autocomplete="username"
                    value=email
                    readonly=true
                />
                <Field
                    name="password"
                    label=text::fields::NEW_PASSWORD
                    kind=Kind::Password
                    autocomplete="new-password"
                    hint=text::fields::NEW_PASSWORD_HINT
                />
                <button class="primary" type="submit">{text::account::SET_PASSWORD}</button>
            </PostForm>
        </section>
    }
}
