//! Messages about what a form did: errors and confirmations.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::control::sentence;
use crate::ui::{context::PageStatus, form::Submitted};

/// An error about the submitted form. Takes the focus, so that it is seen and read out.
#[component]
pub fn Alert(text: String) -> impl IntoView {
    view! { <p class="alert" role="alert" tabindex="-1" autofocus=true>{text}</p> }
}

/// The error of a form that belongs to no single field. It also sets the page's status, so every form has one of these,
/// inside it or elsewhere on its page.
#[component]
pub fn FormAlert(
    /// The name of the form, as for `Submitted::to`.
    form: &'static str,
    /// The fields that show their own errors.
    #[prop(optional)]
    fields: &'static [&'static str],
) -> impl IntoView {
    let sent = Submitted::to(form);
    if let Some(error) = &sent.error {
        PageStatus::set(error);
    }
    sent.form_error(fields).map(|text| view! { <Alert text=sentence(&text)/> })
}

/// The confirmation after a redirect to `?done=word`; nothing for an unknown word.
#[component]
pub fn Done(
    /// Each word with its message.
    words: &'static [(&'static str, &'static str)],
) -> impl IntoView {
    // The word is still in the address when the next form is posted to it.
    let stale = use_context::<Submitted>().is_some_and(|sent| sent.error.is_some() || sent.secret.is_some());
    let done = use_query_map().read_untracked().get("done").filter(|_| !stale);
    let text = words.iter().find(|(word, _)| done.as_deref() == Some(*word)).map(|(_, text)| *text);
    text.map(|text| view! { <p class="notice" role="status">{text}</p> })
}
