//! The form that was posted to the page being rendered.

use std::fmt;

use leptos::prelude::use_context;

use crate::domain::AppError;

/// A submitted form and its result. After a failed submission the handler renders the form's page again, with the
/// typed values and each error at its field.
#[derive(Clone, Default)]
pub struct Submitted {
    /// The name of the form within its page.
    pub action: String,
    /// The typed values, without passwords.
    pub values: Vec<(String, String)>,
    pub error: Option<AppError>,
    /// Shown once, in this response.
    pub secret: Option<CreatedSecret>,
}

/// A secret that a form created: shown once and not stored.
#[derive(Clone)]
pub enum CreatedSecret {
    /// A link with which a person can set a password.
    Link(String),
    /// A new API token.
    Token(String),
}

impl Submitted {
    /// The submission of the form with this action; the only form of a page has the action "".
    #[must_use]
    pub fn to(action: &str) -> Self {
        use_context::<Self>().filter(|submitted| submitted.action == action).unwrap_or_default()
    }

    /// The typed value of a field.
    #[must_use]
    pub fn value(&self, field: &str) -> Option<String> {
        self.values.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone())
    }

    /// Whether the checkbox with this name and value was ticked.
    #[must_use]
    pub fn ticked(&self, field: &str, value: &str) -> bool {
        self.values.iter().any(|(name, sent)| name == field && sent == value)
    }

    /// The errors of a field, joined.
    #[must_use]
    pub fn field_error(&self, field: &str) -> Option<String> {
        let errors = self.error.as_ref()?.fields();
        let messages: Vec<_> =
            errors.iter().filter(|error| error.field == field).map(|error| error.message.clone()).collect();
        if messages.is_empty() { None } else { Some(messages.join("; ")) }
    }

    /// The error that belongs to none of these fields.
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

/// Omits the typed values and the secret, which must not reach the log.
impl fmt::Debug for Submitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Submitted").field("action", &self.action).finish_non_exhaustive()
    }
}

impl fmt::Debug for CreatedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Link(_) => "Link",
            Self::Token(_) => "Token",
        })
    }
}
