//! Somebody who was deleted or erased while they were edited.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use crate::{
    domain::{Access, ActorKind, AppError, Event, EventActor, User, UserForm},
    ui::{
        components::{alert::FormAlert, control::capital, date::Minute, person_form::person_form},
        form::Submitted,
    },
};

/// Deleted: they can come back with what was typed.
#[component]
pub fn Deleted(user: User, last: Option<Event>) -> impl IntoView {
    let person = format!("/users/{}", user.id);
    let is_news = matches!(Submitted::to("").error, Some(AppError::NotFound(_)));
    let alert = if is_news {
        Either::Left(news(last, " deleted this person meanwhile", " What you typed is still here."))
    } else {
        Either::Right(view! { <FormAlert form="" fields=&UserForm::FIELDS/> })
    };
    let rest = view! {
        <input type="hidden" name="restore" value="yes"/>
        <div class="form-actions">
            <button class="primary" type="submit">"Restore and save"</button>
            <a class="button" href=person.clone() data-discards="">"Leave them deleted"</a>
        </div>
    };
    let values = UserForm { name: user.name.clone(), email: user.email };
    view! {
        <Title text=format!("Edit {}", user.name)/>
        <nav aria-label="Breadcrumb"><a class="back" dir="auto" href=person>{user.name}</a></nav>
        <section class="sheet card">
            <h1>"Deleted meanwhile"</h1>
            {person_form(values, None, alert, rest)}
        </section>
    }
}

/// Nothing is left of them but what was typed.
#[component]
pub fn Erased() -> impl IntoView {
    let alert = view! {
        <p class="alert" role="alert" tabindex="-1" autofocus=true>
            "This person is no longer there: they were erased for good. What you typed can still make a new one."
        </p>
    };
    let rest = view! {
        <div class="form-actions">
            <button class="primary" type="submit">"Add as a new person"</button>
            <a class="button" href="/" data-discards="">"All people"</a>
        </div>
    };
    view! {
        <Title text="Erased meanwhile"/>
        <nav aria-label="Breadcrumb"><a class="back" href="/">"All people"</a></nav>
        <section class="sheet card">
            <h1>"Erased meanwhile"</h1>
            {person_form(UserForm::default(), Some("/users/new"), alert, rest)}
        </section>
    }
}

/// Who did what, and when, as far as it is known.
pub fn news(last: Option<Event>, deed: &'static str, advice: &'static str) -> impl IntoView {
    let who = last.as_ref().map_or_else(|| "Somebody else".to_owned(), |event| subject(&event.actor));
    view! {
        <p class="alert" role="alert" tabindex="-1" autofocus=true>
            <bdi>{who}</bdi>
            {deed}
            {last.map(|event| view! { ", on "<Minute at=event.at/> })}
            "."
            {advice}
        </p>
    }
}

/// Who did it, at the beginning of a sentence.
fn subject(actor: &EventActor) -> String {
    let own = use_context::<Access>().and_then(|access| access.member).map(|member| member.id.0);
    match actor.kind {
        ActorKind::User if own.is_some() && actor.id == own => "You".to_owned(),
        ActorKind::User if actor.name.is_some() => actor.title(),
        _ => capital(&actor.title()),
    }
}
