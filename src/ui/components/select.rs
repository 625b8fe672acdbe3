//! Select boxes.

use leptos::prelude::*;

use super::control::Control;

/// A labelled `<select>` with its submitted value and error.
#[component]
pub fn Select(
    name: &'static str,
    label: &'static str,
    /// The name of the form.
    #[prop(optional)]
    form: &'static str,
    /// Each value with its text.
    options: Vec<(String, String)>,
    /// The initial value.
    #[prop(optional, into)]
    value: String,
) -> impl IntoView {
    let control = Control::of(form, name, label);
    let chosen = control.typed.clone().unwrap_or(value);
    let options = options.into_iter().map(|(value, text)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{text}</option> }
    });
    view! {
        <div class="field">
            <label for=control.id.clone()>{label}</label>
            <select
                id=control.id.clone()
                name=name
                autocomplete="off"
                autofocus=control.error.is_some()
                aria-invalid=control.invalid()
                aria-describedby=control.described_by(&[])
            >
                {options.collect_view()}
            </select>
            {control.error_line()}
        </div>
    }
}
