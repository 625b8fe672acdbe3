//! Values that can be copied with a button (`public/copy.js`).

use leptos::prelude::*;

use crate::ui::{context::SiteFiles, text};

/// A secret that is shown once, with a copy button. It takes the focus.
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

/// A button that copies the text of an element or the value of a field with the id `of`. `public/copy.js` handles
/// clicks; without scripts the button is hidden.
#[component]
pub fn CopyButton(
    of: &'static str,
    #[prop(optional)] class: Option<&'static str>,
    /// The name of the copied value for screen readers, if the context does not make it clear.
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
