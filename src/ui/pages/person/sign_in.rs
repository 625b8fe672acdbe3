use std::iter;

use leptos::prelude::*;

use crate::{
    domain::{AccountStatus, Role},
    ui::{
        components::{copy::Secret, layout::Part, post_form::PostForm, select::Select, values::role_line},
        form::{CreatedSecret, Submitted},
        text,
    },
};

/// The role and sign-in state of a person, which admins can change.
#[component]
pub fn SignIn(account: AccountStatus) -> impl IntoView {
    let AccountStatus { role, has_password } = account;
    let no_role = (String::new(), text::person::NO_SIGN_IN.to_owned());
    let roles = Role::ALL.into_iter().map(|role| (role.to_string(), role_line(role)));
    let options: Vec<_> = iter::once(no_role).chain(roles).collect();
    view! {
        <Part title=text::person::SIGN_IN>
            <PostForm action="role" fields=&["role"]>
                <Select form="role" name="role" label=text::person::ROLE options value=role.map_or("", Role::as_str)/>
                <button type="submit">{text::person::SAVE_ROLE}</button>
            </PostForm>
            {role.map(|_| view! { <SignInLink has_password/> })}
        </Part>
    }
}

/// Creates a link with which the person sets a password; the admin passes it on.
#[component]
fn SignInLink(has_password: bool) -> impl IntoView {
    let (state, button) = if has_password {
        (text::person::HAS_PASSWORD, text::person::MAKE_RESET_LINK)
    } else {
        (text::person::HAS_NO_PASSWORD, text::person::MAKE_INVITATION)
    };
    let made = match Submitted::to("link").secret {
        Some(CreatedSecret::Link(link)) => Some(link),
        _ => None,
    };
    view! {
        <PostForm action="link">
            {made.map(|value| view! {
                <Secret
                    id="link"
                    label=text::person::LINK
                    value
                    hint=text::person::LINK_HINT
                />
            })}
            <p class="hint">{state}</p>
            <button type="submit">{button}</button>
        </PostForm>
    }
}
