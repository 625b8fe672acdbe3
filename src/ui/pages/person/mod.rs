mod erase;
mod sign_in;

use form_urlencoded::byte_serialize;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use self::{erase::Erase, sign_in::SignIn};
use crate::{
    domain::{Access, Person, Timestamp, User, UserId},
    rpc::users::get_person,
    ui::components::{
        alert::FormAlert,
        avatar::avatar_of,
        date::{Day, Minute},
        email::EmailText,
        loaded::loaded,
        notice::Done,
        post_form::ActionButton,
    },
};

const DONE: &[(&str, &str)] = &[
    ("created", "This person is in the directory now."),
    ("edited", "The changes are saved."),
    ("deleted", "This person is deleted."),
    ("restored", "This person is back."),
    ("role", "The role is saved."),
];

/// `/users/{id}`: one person.
#[component]
pub fn PersonPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    let person = Resource::new_blocking(move || id.clone(), get_person);
    loaded(person, page)
}

fn page(person: Person) -> impl IntoView {
    let Person { user, standing } = person;
    let access = use_context::<Access>().unwrap_or_default();
    let standing = standing.filter(|_| user.deleted_at.is_none());
    view! {
        <Title text=user.name.clone()/>
        <nav aria-label="Breadcrumb"><a class="back" href="/">"All people"</a></nav>
        <Done words=DONE/>
        <FormAlert form="delete"/>
        <FormAlert form="restore"/>
        <PersonSheet user write=access.write/>
        {access.administer.then(|| view! {
            <div class="sheet parts">
                {standing.map(|standing| view! { <SignIn standing/> })}
                <Erase/>
            </div>
        })}
    }
}

#[component]
fn PersonSheet(
    user: User,
    /// Whether whoever asks may change this person.
    write: bool,
) -> impl IntoView {
    let mailto = mailto(&user.email);
    let active = user.deleted_at.is_none();
    view! {
        <article class="sheet person">
            {user.deleted_at.map(|at| view! { <Deleted at write/> })}
            <header class="person-head">
                {avatar_of(&user)}
                <div>
                    <h1 dir="auto">{user.name}</h1>
                    <p><a href=mailto><EmailText email=user.email/></a></p>
                </div>
            </header>
            <dl>
                <div><dt>"Joined"</dt><dd><Day at=user.created_at/></dd></div>
                <div><dt>"Last changed"</dt><dd><Minute at=user.updated_at/></dd></div>
                <div><dt>"Id"</dt><dd><code>{user.id.to_string()}</code></dd></div>
            </dl>
            {write.then(|| view! { <Actions id=user.id active/> })}
        </article>
    }
}

/// An address of mail (RFC 6068): what would mean something in it is encoded.
fn mailto(email: &str) -> String {
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let (local, host) = email.rsplit_once('@').unwrap_or((email, ""));
    format!("mailto:{}@{}", encode(local), encode(host))
}

#[component]
fn Deleted(at: Timestamp, write: bool) -> impl IntoView {
    view! {
        <div class="deleted">
            <p>"Deleted on "<Day at/></p>
            {write.then(|| view! { <ActionButton action="restore" text="Restore"/> })}
        </div>
    }
}

#[component]
fn Actions(id: UserId, active: bool) -> impl IntoView {
    let person = format!("/users/{id}");
    let edit = format!("{person}/edit");
    view! {
        <div class="form-actions">
            {active.then(|| view! { <a class="button" href=edit aria-keyshortcuts="e">"Edit"</a> })}
            <a class="button" href=format!("{person}/history")>"History"</a>
            {active.then(|| view! { <ActionButton action="delete" text="Delete" class="danger"/> })}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::mailto;

    #[test]
    fn no_address_says_more_than_to_whom() {
        assert_eq!(mailto("ada+x@example.org"), "mailto:ada%2Bx@example.org");
        assert_eq!(mailto("a?bcc=eve%40x&b@example.org"), "mailto:a%3Fbcc%3Deve%2540x%26b@example.org");
    }
}
