//! State that all kinds of form controls share.

use leptos::prelude::*;

use crate::ui::form::Submitted;

/// A form control: its element id, submitted value and error.
#[derive(Debug, Clone)]
pub struct Control {
    pub id: String,
    /// The submitted value, if the form was rejected.
    pub typed: Option<String>,
    /// The error, as a sentence.
    pub error: Option<String>,
}

impl Control {
    /// The control `name` of the form `form`.
    #[must_use]
    pub fn of(form: &str, name: &str, label: &str) -> Self {
        let sent = Submitted::to(form);
        Self {
            id: if form.is_empty() { name.to_owned() } else { format!("{form}-{name}") },
            typed: sent.error.as_ref().and_then(|_| sent.value(name)),
            error: error_of(&sent, name, label),
        }
    }

    /// The id of a line that belongs to the control: its `hint`, its `error`, ….
    #[must_use]
    pub fn id_of(&self, line: &str) -> String {
        format!("{}-{line}", self.id)
    }

    /// The ids of the lines that describe the control, of those given and the error.
    #[must_use]
    pub fn described_by(&self, lines: &[&str]) -> Option<String> {
        let error = self.error.is_some().then_some("error");
        let ids: Vec<_> = lines.iter().copied().chain(error).map(|line| self.id_of(line)).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// The value of `aria-invalid`.
    #[must_use]
    pub fn invalid(&self) -> Option<&'static str> {
        self.error.is_some().then_some("true")
    }

    /// The line with the error.
    #[must_use]
    pub fn error_line(&self) -> impl IntoView + use<> {
        let id = self.id_of("error");
        self.error.clone().map(|error| view! { <p class="field-error" id=id>{error}</p> })
    }
}

/// The error of the control `name`, as a sentence.
#[must_use]
pub fn error_of(sent: &Submitted, name: &str, label: &str) -> Option<String> {
    sent.field_error(name).map(|message| sentence(&format!("{label} {message}")))
}

/// Adds a capital at the start and a full stop at the end.
#[must_use]
pub fn sentence(text: &str) -> String {
    let stop = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    capital(text) + stop
}

/// Capitalizes the first letter if it is ASCII: Unicode tables would enlarge the WASM bundle.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_begins_with_a_capital_and_ends_with_one_stop() {
        assert_eq!(sentence("email must not be empty"), "Email must not be empty.");
        assert_eq!(sentence("Internal server error"), "Internal server error.");
        assert_eq!(sentence("Too many attempts."), "Too many attempts.");
    }

    #[test]
    fn a_control_without_an_error_is_described_by_its_hint_alone() {
        let control = Control::of("password", "current_password", "Current password");
        assert_eq!(control.id, "password-current_password");
        assert_eq!(control.described_by(&[]), None);
        assert_eq!(control.described_by(&["hint"]).unwrap(), "password-current_password-hint");
        let wrong = Control { error: Some("Current password is wrong.".into()), ..control };
        assert_eq!(wrong.described_by(&[]).unwrap(), "password-current_password-error");
    }
}
