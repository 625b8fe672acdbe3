use leptos::prelude::*;

use crate::ui::{context::SiteFiles, text};

/// A button that copies the text of an element, or what a field holds, by its id: brought to life, and
/// to light, by public/copy.js.
#[component]
pub fn CopyButton(
    of: &'static str,
    #[prop(optional)] class: Option<&'static str>,
    /// What it copies, for a screen reader, where its place does not say that.
    #[prop(optional)]
    what: Option<&'static str>,
) -> impl IntoView {
    let script = use_context::<SiteFiles>().map(|files| files.copy);
    view! {
        <button type="button" class=class data-copy=of data-copied=text::site::COPIED aria-live="polite">
            {text::site::COPY}
            {what.map(|what| view! { <span class="visually-hidden">" "{what}</span> })}
        </button>
        {script.map(|src| view! { <script r#type="module" src=src></script> })}
    }
}
