//! What a page knows of the form that was posted to it.

use std::fmt;

use leptos::prelude::use_context;

use crate::domain::AppError;

/// A form as it was sent and what became of it. A handler posts it to the page that the form stands
/// on, which is then rendered again with the errors at their fields and what was typed.
#[derive(Clone, Default)]
pub struct Submitted {
    /// Which of the page's forms it was.
    pub action: String,
    /// What was typed, but for passwords.
    pub values: Vec<(String, String)>,
    pub error: Option<AppError>,
    /// Shown once, now.
    pub outcome: Option<Outcome>,
}

/// What a form made that is shown this once and stored nowhere.
#[derive(Clone)]
pub enum Outcome {
    /// The address that lets a person set a password.
    Link(String),
    /// A new API token.
    Token(String),
}

impl Submitted {
    /// What was posted to this page by the form with this action; a page with one form calls it "".
    #[must_use]
    pub fn to(action: &str) -> Self {
        use_context::<Self>().filter(|submitted| submitted.action == action).unwrap_or_default()
    }

    /// What was typed into a field.
    #[must_use]
    pub fn value(&self, field: &str) -> Option<String> {
        self.values.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone())
    }

    /// Whether a box of this name and value was ticked.
    #[must_use]
    pub fn ticked(&self, field: &str, value: &str) -> bool {
        self.values.iter().any(|(name, sent)| name == field && sent == value)
    }

    /// What is wrong with a field, as a sentence.
    #[must_use]
    pub fn field_error(&self, field: &str) -> Option<String> {
        let errors = self.error.as_ref()?.fields();
        let messages: Vec<_> =
            errors.iter().filter(|error| error.field == field).map(|error| error.message.clone()).collect();
        if messages.is_empty() { None } else { Some(messages.join("; ")) }
    }

    /// What went wrong that no field of the form is to blame for.
    #[must_use]
    pub fn form_error(&self, fields: &[&str]) -> Option<String> {
        let error = self.error.as_ref()?;
        match error.fields() {
            [] => Some(error.to_string()),
            errors => {
                let others: Vec<_> = errors
                    .iter()
                    .filter(|error| !fields.contains(&error.field.as_ref()))
                    .map(|error| format!("{} {}", error.field, error.message))
                    .collect();
                if others.is_empty() { None } else { Some(others.join("; ")) }
            }
        }
    }
}

/// What was typed and what was made may be secret.
impl fmt::Debug for Submitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Submitted").field("action", &self.action).finish_non_exhaustive()
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Link(_) => "Link",
            Self::Token(_) => "Token",
        })
    }
}
