//! Signing in, and setting a password through a link.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    domain::Invitation,
    rpc::account::get_invitation,
    ui::{
        components::{
            error_panel::loaded,
            field::{Field, Kind, NewPassword},
            post_form::FormCard,
        },
        text,
    },
};

/// `/sign-in`. The page to return to is a parameter of the address.
#[component]
pub fn SignInPage() -> impl IntoView {
    view! {
        <FormCard
            title=text::site::SIGN_IN
            fields=&["email", "password"]
            button=text::site::SIGN_IN
            hint=text::account::FORGOTTEN
        >
            <Field name="email" label=text::fields::EMAIL kind=Kind::Email autocomplete="username"/>
            <Field name="password" label=text::fields::PASSWORD kind=Kind::Password autocomplete="current-password"/>
        </FormCard>
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
    let (title, lead) = if resets {
        (text::account::RESET.to_owned(), text::account::RESET_MEANS)
    } else {
        (text::account::welcome(&name), text::account::INVITED)
    };
    view! {
        <FormCard title lead fields=&["password"] button=text::account::SET_PASSWORD>
            // Password managers store it with the password.
            <Field
                name="email"
                label=text::fields::EMAIL
                kind=Kind::Email
                autocomplete="username"
                value=email
                readonly=true
            />
            <NewPassword/>
        </FormCard>
    }
}
