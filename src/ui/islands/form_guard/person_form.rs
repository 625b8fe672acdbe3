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

/// The fields of a `UserForm` with their labels.
pub const LABELS: [(&str, &str); 2] = [("name", text::fields::NAME), ("email", text::fields::EMAIL)];

/// The form for a person's fields, validated in the browser and on the server. `alert` comes before the fields; `rest`
/// (hidden fields and buttons) after them. Without an `action` it posts to its own page.
pub fn person_form(
    values: UserForm,
    action: Option<&'static str>,
    alert: impl IntoView,
    rest: impl IntoView,
) -> impl IntoView {
    // A rejected submission was not saved.
    let unsaved = Submitted::to("").error.is_some();
    let [(name, name_label), (email, email_label)] = LABELS;
    // No `maxlength`: pasted text that is too long should be reported, not cut.
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
