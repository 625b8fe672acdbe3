//! The labels and hints of fields that stand in more than one form.

pub const NAME: &str = "Name";
pub const EMAIL: &str = "E-mail";
pub const PASSWORD: &str = "Password";
pub const NEW_PASSWORD: &str = "New password";
/// What a new password must be, before anybody tries.
pub const NEW_PASSWORD_HINT: &str = "15 to 128 characters. Four or more unrelated words make a good one.";
