use form_urlencoded::byte_serialize;
use leptos::prelude::*;

use crate::{
    domain::{User, UserId},
    ui::{
        components::{
            avatar::avatar_of,
            copy::CopyButton,
            post_form::ActionButton,
            values::{Date, DateTime, EmailText},
        },
        text,
    },
};

/// The data of a person, and the actions on them.
#[component]
pub fn PersonSheet(
    user: User,
    /// Whether the user may change this person.
    write: bool,
) -> impl IntoView {
    let mailto = mailto(&user.profile.email);
    let active = user.deleted_at.is_none();
    view! {
        <header class="person-head">
            {avatar_of(&user)}
            <div>
                <h1 class="person-name" dir="auto">{user.profile.name}</h1>
                <p class="copied">
                    <a id="person-email" href=mailto><EmailText email=user.profile.email/></a>
                    <CopyButton of="person-email" class="copy" what=text::person::COPIED_EMAIL/>
                </p>
            </div>
        </header>
        <dl>
            <div><dt>{text::person::JOINED}</dt><dd><Date at=user.created_at/></dd></div>
            <div><dt>{text::person::LAST_CHANGED}</dt><dd><DateTime at=user.updated_at/></dd></div>
            <div>
                <dt>{text::person::ID}</dt>
                <dd class="copied">
                    <code id="person-id">{user.id.to_string()}</code>
                    <CopyButton of="person-id" class="copy" what=text::person::COPIED_ID/>
                </dd>
            </div>
        </dl>
        {write.then(|| view! { <Actions id=user.id active/> })}
    }
}

#[component]
fn Actions(id: UserId, active: bool) -> impl IntoView {
    let edit = format!("/users/{id}/edit");
    active.then(|| {
        view! {
            <div class="form-actions">
                <a class="button" href=edit aria-keyshortcuts="e">{text::person::EDIT}</a>
                <ActionButton action="delete" text=text::person::DELETE class="danger"/>
            </div>
        }
    })
}

/// A `mailto:` link (RFC 6068), percent-encoded.
fn mailto(email: &str) -> String {
    let encode = |part: &str| byte_serialize(part.as_bytes()).collect::<String>();
    let (local, host) = email.rsplit_once('@').unwrap_or((email, ""));
    format!("mailto:{}@{}", encode(local), encode(host))
}

#[cfg(test)]
mod tests {
    use super::mailto;

    #[test]
    fn a_mailto_link_holds_the_address_only() {
        assert_eq!(mailto("ada+x@example.org"), "mailto:ada%2Bx@example.org");
        assert_eq!(mailto("a?bcc=eve%40x&b@example.org"), "mailto:a%3Fbcc%3Deve%2540x%26b@example.org");
    }
}
