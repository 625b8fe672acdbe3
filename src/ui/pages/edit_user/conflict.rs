use leptos::prelude::*;
use leptos_meta::Title;

use super::gone::news;
use crate::{
    domain::{Event, User, UserForm},
    ui::components::person_form::{LABELS, person_form},
};

/// Somebody else was quicker: both versions side by side, and what can be done about it.
#[component]
pub fn Conflict(
    /// As they are now.
    user: User,
    typed: UserForm,
    last: Option<Event>,
) -> impl IntoView {
    let theirs = UserForm { name: user.name.clone(), email: user.email.clone() };
    let person = format!("/users/{}", user.id);
    let edit = format!("{person}/edit");
    let overwrite = view! {
        <form method="post">
            {sent(typed.clone(), user.version)}
            <button type="submit">"Save mine over theirs"</button>
        </form>
    };
    let take = view! { <a class="button" href=edit data-discards="">"Take theirs"</a> };
    let rest = view! {
        <input type="hidden" name="version" value=user.version.to_string()/>
        <div class="form-actions">
            <button class="primary" type="submit">"Save"</button>
            <a class="button" href=person.clone() data-discards="">"Cancel"</a>
        </div>
    };
    view! {
        <Title text=format!("Edit {}", user.name)/>
        <nav aria-label="Breadcrumb"><a class="back" dir="auto" href=person>{user.name}</a></nav>
        <section class="sheet conflict">
            <h1>"Two versions"</h1>
            {news(last, " changed this meanwhile", " Nothing is saved yet: decide which version stays.")}
            <div class="versions">
                {version("Yours", &typed, &theirs, overwrite)}
                {version("Theirs now", &theirs, &typed, take)}
            </div>
            <div class="edit-on">
                <h2>"Or edit on"</h2>
                {person_form(typed, None, (), rest)}
            </div>
        </section>
    }
}

/// One version, with what differs from the other marked, and the way to choose it.
fn version<V: IntoView>(title: &'static str, one: &UserForm, other: &UserForm, choice: V) -> impl IntoView + use<V> {
    let values = [(&one.name, &other.name), (&one.email, &other.email)];
    let rows = LABELS.into_iter().zip(values).map(|((_, label), (value, other))| {
        let differs = value.trim() != other.trim();
        view! {
            <div class=differs.then_some("differs")>
                <dt>{label}{differs.then(|| view! { " "<span class="badge">"differs"</span> })}</dt>
                <dd dir="auto">{value.clone()}</dd>
            </div>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="version" aria-label=title>
            <h2>{title}</h2>
            <dl>{rows}</dl>
            {choice}
        </section>
    }
}

fn sent(typed: UserForm, version: i64) -> impl IntoView {
    view! {
        <input type="hidden" name="name" value=typed.name/>
        <input type="hidden" name="email" value=typed.email/>
        <input type="hidden" name="version" value=version.to_string()/>
    }
}
