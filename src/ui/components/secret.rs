use leptos::prelude::*;

use super::copy_button::CopyButton;

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
