//! The user's own account, signing in, invitations and setup.

pub const YOUR_ACCOUNT: &str = "Your account";

// Confirmations.
pub const NAME_CHANGED: &str = "Your name was changed.";
pub const PASSWORD_CHANGED: &str = "Your password was changed, and every other browser was signed out.";
pub const SESSION_ENDED: &str = "That browser was signed out.";

pub const CHANGE_NAME: &str = "Change name";
pub const CURRENT_PASSWORD: &str = "Current password";
pub const CHANGE_PASSWORD: &str = "Change password";

// The sessions: `192.0.2.1, last seen …, signed in …`.
pub const SIGNED_IN: &str = "Signed in";
pub const THIS_SESSION: &str = "This browser";
pub const SIGN_OUT_EVERYWHERE: &str = "Sign out everywhere";
pub const BEFORE_SEEN: &str = "last seen ";
pub const BEFORE_SIGNED_IN: &str = ", signed in ";

pub fn before_seen(address: &str) -> String {
    format!("{address}, ")
}

pub fn sign_out_of(browser: &str) -> String {
    format!("Sign out: {browser}")
}

pub const UNKNOWN_BROWSER: &str = "Unknown browser";

pub fn browser_on(browser: &str, system: &str) -> String {
    format!("{browser} on {system}")
}

pub fn some_browser_on(system: &str) -> String {
    format!("Unknown browser on {system}")
}

pub const FORGOTTEN: &str = "Forgot your password? Ask an admin for a link to set a new one.";

// Invitations and password resets.
pub const INVITED: &str = "Set a password to sign in.";
pub const RESET: &str = "Set a new password";
pub const RESET_MEANS: &str = "Your old password will stop working, and you will be signed out everywhere.";
pub const SET_PASSWORD: &str = "Set password";

pub fn welcome(name: &str) -> String {
    format!("Welcome, {name}")
}

// The first admin.
pub const MAKE_FIRST_ADMIN: &str = "Create the first admin";
pub const FIRST_ADMIN_MEANS: &str = "An admin manages people, their roles and API tokens. This link works once.";
pub const MAKE_ADMIN: &str = "Create admin";
