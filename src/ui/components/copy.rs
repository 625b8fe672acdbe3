//! Values that can be copied with a button (`public/copy.js`).

use leptos::prelude::*;

use crate::ui::{context::SiteFiles, text};

/// A secret that is shown this once, ready to be copied. It takes the focus.
#[component]
pub fn Secret(id: &'static str, label: &'static str, value: String, hint: &'static str) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    view! {
        <div class="secret">
            <label for=id>{label}</label>
            <div class="secret-value">
                <input
                    id=id
                    type="text"
                    value=value
                    readonly=true
                    autofocus=true
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby=hint_id.clone()
                />
                <CopyButton of=id/>
            </div>
            <p class="hint" id=hint_id>{hint}</p>
        </div>
    }
}

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
