use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::ui::form::Submitted;

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
