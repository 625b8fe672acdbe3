//! Signing in, and setting a password through a link.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    domain::Invitation,
    rpc::account::get_invitation,
    ui::{
        components::{
            error_panel::loaded,
            field::{Field, Kind},
            post_form::PostForm,
        },
        text,
    },
};

/// `/sign-in`. The page to return to is a parameter of the address.
#[component]
pub fn SignInPage() -> impl IntoView {
    view! {
        <Title text=text::site::SIGN_IN/>
        <section class="sheet card">
            <h1>{text::site::SIGN_IN}</h1>
            <PostForm fields=&["email", "password"]>
                <Field name="email" label=text::fields::EMAIL kind=Kind::Email autocomplete="username"/>
                <Field name="password" label=text::fields::PASSWORD kind=Kind::Password autocomplete="current-password"/>
                <button class="primary" type="submit">{text::site::SIGN_IN}</button>
            </PostForm>
            <p class="hint">{text::account::FORGOTTEN}</p>
        </section>
    }
}

/// `/invite?token=…`: sets the first password, or a new one.
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
            <PostForm fields=&["password"]>
                // Password managers store it with the password.
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
