//! Labels and hints of fields that occur in more than one form.

pub const NAME: &str = "Name";
pub const EMAIL: &str = "E-mail";
pub const PASSWORD: &str = "Password";
pub const NEW_PASSWORD: &str = "New password";
/// The requirements for a new password.
pub const NEW_PASSWORD_HINT: &str = "15 to 128 characters. Four or more unrelated words make a good one.";
