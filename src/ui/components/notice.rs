//! Messages about what a form did: errors and confirmations.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

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

/// Says that it worked, after the redirect whose address has `?done=word`; nothing for a word that
/// it does not know.
#[component]
pub fn Done(
    /// Each word with what it says.
    words: &'static [(&'static str, &'static str)],
) -> impl IntoView {
    // The word stays in the address when the next form is posted to it.
    let stale = use_context::<Submitted>().is_some_and(|sent| sent.error.is_some() || sent.outcome.is_some());
    let done = use_query_map().read_untracked().get("done").filter(|_| !stale);
    let text = words.iter().find(|(word, _)| done.as_deref() == Some(*word)).map(|(_, text)| *text);
    text.map(|text| view! { <p class="notice" role="status">{text}</p> })
}
