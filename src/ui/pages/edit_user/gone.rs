//! A person who was deleted or erased while being edited.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use super::card;
use crate::{
    domain::{Access, ActorKind, AppError, Event, EventActor, ProfileField, User, UserForm},
    ui::{
        components::{control::capital, layout::Breadcrumb, notice::FormAlert, values::DateTime},
        form::Submitted,
        islands::form_guard::person_form::person_form,
        text,
    },
};

/// Deleted: can be restored with the typed values.
#[component]
pub fn Deleted(user: User, last: Option<Event>) -> impl IntoView {
    let person = format!("/users/{}", user.id);
    let was_deleted = matches!(Submitted::to("").error, Some(AppError::NotFound(_)));
    let alert = if was_deleted {
        Either::Left(message(last, text::edit::AFTER_NAME_DELETED, text::edit::AFTER_NEWS_STILL_HERE))
    } else {
        Either::Right(view! { <FormAlert form="" fields=&ProfileField::NAMES/> })
    };
    let rest = view! {
        <input type="hidden" name="restore" value="yes"/>
        <div class="form-actions">
            <button class="primary" type="submit">{text::edit::RESTORE_AND_SAVE}</button>
            <a class="button" href=person data-discards="">{text::edit::LEAVE_DELETED}</a>
        </div>
    };
    card(user, text::edit::DELETED_MEANWHILE, alert, rest)
}

/// Erased: the typed values can become a new person.
#[component]
pub fn Erased() -> impl IntoView {
    let alert = view! {
        <p class="alert" role="alert" tabindex="-1" autofocus=true>
            {text::edit::ERASED_NEWS}
        </p>
    };
    let rest = view! {
        <div class="form-actions">
            <button class="primary" type="submit">{text::edit::ADD_AS_NEW}</button>
            <a class="button" href="/" data-discards="">{text::site::ALL_PEOPLE}</a>
        </div>
    };
    view! {
        <Title text=text::edit::ERASED_MEANWHILE/>
        <Breadcrumb href="/" text=text::site::ALL_PEOPLE/>
        <section class="sheet card">
            <h1>{text::edit::ERASED_MEANWHILE}</h1>
            {person_form(&UserForm::default(), Some("/users/new"), alert, rest)}
        </section>
    }
}

/// The conflicting event: actor, action and time, as far as known.
pub fn message(last: Option<Event>, action: &'static str, advice: &'static str) -> impl IntoView {
    let who = last.as_ref().map_or_else(|| text::edit::SOMEONE_ELSE.to_owned(), |event| subject(&event.actor));
    view! {
        <p class="alert" role="alert" tabindex="-1" autofocus=true>
            <bdi>{who}</bdi>
            {action}
            {last.map(|event| view! { {text::edit::BEFORE_MOMENT}<DateTime at=event.at/> })}
            {text::edit::END}
            {advice}
        </p>
    }
}

/// The actor, at the start of a sentence.
fn subject(actor: &EventActor) -> String {
    let own = use_context::<Access>().and_then(|access| access.member).map(|member| member.id.0);
    match actor.kind {
        ActorKind::User if own.is_some() && actor.id == own => text::edit::YOU.to_owned(),
        ActorKind::User if actor.name.is_some() => actor.title(),
        _ => capital(&actor.title()),
    }
}
