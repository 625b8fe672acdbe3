//! Text inputs.

use leptos::prelude::*;

use super::control::Control;
use crate::ui::text;

/// The kind of value that a field takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Text,
    /// Not `type=email`: browsers would convert the domain to ASCII and reject addresses that we accept.
    Email,
    /// Never rendered with its submitted value.
    Password,
    Day,
}

/// A labelled input with its submitted value and error.
#[component]
pub fn Field(
    name: &'static str,
    label: &'static str,
    /// The name of the form.
    #[prop(optional)]
    form: &'static str,
    #[prop(optional)] kind: Kind,
    /// The autofill hint (HTML, section 4.10.18.7).
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// The initial value.
    #[prop(optional, into)]
    value: String,
    #[prop(optional)] hint: Option<&'static str>,
    /// A remark about the current value.
    #[prop(optional_no_strip)]
    note: Option<String>,
    #[prop(optional)] maxlength: Option<usize>,
    #[prop(default = true)] required: bool,
    #[prop(optional)] readonly: bool,
) -> impl IntoView {
    let control = Control::of(form, name, label);
    let lines: Vec<_> = hint.map(|_| "hint").into_iter().chain(note.as_ref().map(|_| "note")).collect();
    let described_by = control.described_by(&lines);
    let value = match kind {
        Kind::Password => None,
        _ if readonly => Some(value),
        _ => Some(control.typed.clone().unwrap_or(value)),
    };
    let prose = kind == Kind::Text;
    view! {
        <div class="field">
            <label for=control.id.clone()>{label}</label>
            {hint.map(|hint| view! { <p class="hint" id=control.id_of("hint")>{hint}</p> })}
            <input
                id=control.id.clone()
                name=name
                type=kind.input_type()
                inputmode=(kind == Kind::Email).then_some("email")
                dir=prose.then_some("auto")
                autocapitalize=(!prose).then_some("none")
                spellcheck="false"
                autocomplete=autocomplete
                maxlength=maxlength.map(|max| max.to_string())
                value=value
                required=required
                readonly=readonly
                autofocus=control.error.is_some()
                aria-invalid=control.invalid()
                aria-describedby=described_by
            />
            {note.map(|note| view! { <p class="note" id=control.id_of("note")>{note}</p> })}
            {control.error_line()}
        </div>
    }
}

/// The field for a password that a user chooses.
#[component]
pub fn NewPassword(
    /// The name of the form.
    #[prop(optional)]
    form: &'static str,
    #[prop(default = text::fields::NEW_PASSWORD)] label: &'static str,
) -> impl IntoView {
    view! {
        <Field
            form
            name="password"
            label
            kind=Kind::Password
            autocomplete="new-password"
            hint=text::fields::NEW_PASSWORD_HINT
        />
    }
}

impl Kind {
    fn input_type(self) -> &'static str {
        match self {
            Self::Text | Self::Email => "text",
            Self::Password => "password",
            Self::Day => "date",
        }
    }
}
