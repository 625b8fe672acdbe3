use leptos::prelude::*;
use leptos_meta::Title;

use super::gone::message;
use crate::{
    domain::{Event, ProfileField, User, UserForm},
    ui::{components::layout::Breadcrumb, islands::form_guard::person_form::person_form, text},
};

/// An edit conflict: both versions side by side, and the choice between them.
#[component]
pub fn Conflict(
    /// The current version.
    user: User,
    typed: UserForm,
    last: Option<Event>,
) -> impl IntoView {
    let (name, theirs) = (user.profile.name.clone(), UserForm::from(user.profile));
    let person = format!("/users/{}", user.id);
    let edit = format!("{person}/edit");
    let overwrite = view! {
        <form method="post">
            {sent(&typed, user.version)}
            <button type="submit">{text::edit::SAVE_MINE}</button>
        </form>
    };
    let take = view! { <a class="button" href=edit data-discards="">{text::edit::TAKE_THEIRS}</a> };
    let rest = view! {
        <input type="hidden" name="version" value=user.version.to_string()/>
        <div class="form-actions">
            <button class="primary" type="submit">{text::site::SAVE}</button>
            <a class="button" href=person.clone() data-discards="">{text::site::CANCEL}</a>
        </div>
    };
    view! {
        <Title text=text::edit::edit(&name)/>
        <Breadcrumb href=person text=name/>
        <section class="sheet conflict">
            <h1>{text::edit::TWO_VERSIONS}</h1>
            {message(last, text::edit::AFTER_NAME_CHANGED, text::edit::AFTER_NEWS_DECIDE)}
            <div class="versions">
                {version(text::edit::YOURS, &typed, &theirs, overwrite)}
                {version(text::edit::THEIRS, &theirs, &typed, take)}
            </div>
            <div class="edit-on">
                <h2>{text::edit::OR_EDIT_ON}</h2>
                {person_form(&typed, None, (), rest)}
            </div>
        </section>
    }
}

/// One version, with its differences marked, and the button that chooses it.
fn version<V: IntoView>(title: &'static str, one: &UserForm, other: &UserForm, choice: V) -> impl IntoView + use<V> {
    let row = |field: &ProfileField| {
        let (value, other) = (one.profile.get(*field), other.profile.get(*field));
        let (label, differs) = (text::fields::label(*field), value.trim() != other.trim());
        view! {
            <div class=differs.then_some({text::edit::DIFFERS})>
                <dt>{label}{differs.then(|| view! { " "<span class="badge">{text::edit::DIFFERS}</span> })}</dt>
                <dd dir="auto">{value.to_owned()}</dd>
            </div>
        }
    };
    let rows = ProfileField::ALL.iter().map(row).collect_view();
    view! {
        <section class="version" aria-label=title>
            <h2>{title}</h2>
            <dl>{rows}</dl>
            {choice}
        </section>
    }
}

fn sent(typed: &UserForm, version: i64) -> impl IntoView + use<> {
    let text = |field: &ProfileField| {
        view! { <input type="hidden" name=field.as_str() value=typed.profile.get(*field).to_owned()/> }
    };
    view! {
        {ProfileField::ALL.iter().map(text).collect_view()}
        <input type="hidden" name="version" value=version.to_string()/>
    }
}
