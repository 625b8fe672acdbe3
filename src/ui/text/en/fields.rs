//! Labels and hints of fields that occur in more than one form.

use crate::domain::ProfileField;

/// The label of a field of a profile.
#[must_use]
pub fn label(field: ProfileField) -> &'static str {
    match field {
        ProfileField::Name => NAME,
        ProfileField::Email => EMAIL,
    }
}

pub const NAME: &str = "Name";
pub const EMAIL: &str = "E-mail";
pub const PASSWORD: &str = "Password";
pub const NEW_PASSWORD: &str = "New password";
/// The requirements for a new password.
pub const NEW_PASSWORD_HINT: &str = "15 to 128 characters. Four or more unrelated words make a good password.";
