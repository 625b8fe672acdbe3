use leptos::prelude::*;

use super::control::sentence;
use crate::ui::{context::PageStatus, form::Submitted};

/// Bad news about what was just tried. Takes the focus, so that it is seen and read out.
#[component]
pub fn Alert(text: String) -> impl IntoView {
    view! { <p class="alert" role="alert" tabindex="-1" autofocus=true>{text}</p> }
}

/// What went wrong with a form that no field of it is to blame for. It also gives the page the
/// status of the error: every form has one of these, itself or on its page.
#[component]
pub fn FormAlert(
    /// Which of the page's forms, as `Submitted::to` knows it.
    form: &'static str,
    /// The fields that say themselves what is wrong with them.
    #[prop(optional)]
    fields: &'static [&'static str],
) -> impl IntoView {
    let sent = Submitted::to(form);
    if let Some(error) = &sent.error {
        PageStatus::set(error);
    }
    sent.form_error(fields).map(|text| view! { <Alert text=sentence(&text)/> })
}
