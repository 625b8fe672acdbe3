use leptos::prelude::*;

use super::FormGuard;
use crate::{
    domain::UserForm,
    ui::{
        components::field::{Field, Kind},
        form::Submitted,
        text,
    },
};

/// The fields of a `UserForm`, each with its label.
pub const LABELS: [(&str, &str); 2] = [("name", text::fields::NAME), ("email", text::fields::EMAIL)];

/// The form for what can be set of a person, checked in the browser as it will be on the
/// server: under `alert` the fields, then the `rest`, which is what else is sent and the buttons. Without an `action` it posts
/// to its own page.
pub fn person_form(
    values: UserForm,
    action: Option<&'static str>,
    alert: impl IntoView,
    rest: impl IntoView,
) -> impl IntoView {
    // What came back for correction was never saved.
    let unsaved = Submitted::to("").error.is_some();
    let [(name, name_label), (email, email_label)] = LABELS;
    // Without a `maxlength`: what is pasted should be complained of, not cut.
    view! {
        <form class="form" method="post" action=action data-unsaved=unsaved>
            {alert}
            <Field name=name label=name_label value=values.name/>
            <Field name=email label=email_label kind=Kind::Email value=values.email/>
            {rest}
            <FormGuard/>
        </form>
    }
}
