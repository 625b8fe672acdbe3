use leptos::prelude::*;

use super::FormGuard;
use crate::{
    domain::{ProfileField, UserForm},
    ui::{
        components::field::{Field, Kind},
        form::Submitted,
        text,
    },
};

/// The form for a person's fields, validated in the browser and on the server. `alert` comes before the fields; `rest`
/// (hidden fields and buttons) after them. Without an `action` it posts to its own page.
pub fn person_form<A: IntoView, R: IntoView>(
    values: &UserForm,
    action: Option<&'static str>,
    alert: A,
    rest: R,
) -> impl IntoView + use<A, R> {
    // A rejected submission was not saved.
    let unsaved = Submitted::to("").error.is_some();
    // No `maxlength`: pasted text that is too long should be reported, not cut.
    let control = |field: &ProfileField| {
        let kind = if *field == ProfileField::Email { Kind::Email } else { Kind::Text };
        let (label, value) = (text::fields::label(*field), values.profile.get(*field).to_owned());
        view! { <Field name=field.as_str() label kind value required=field.is_required()/> }
    };
    let fields = ProfileField::ALL.iter().map(control).collect_view();
    view! {
        <form class="form" method="post" action=action data-unsaved=unsaved>
            {alert}
            {fields}
            {rest}
            <FormGuard/>
        </form>
    }
}
