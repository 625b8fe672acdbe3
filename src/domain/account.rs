//! The accounts with which users sign in, and their sessions.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Role, Timestamp, UserId};

/// A user who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
}

/// The permissions of the caller, as far as a page needs them to hide actions that would be refused.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the permissions are independent")]
pub struct Access {
    /// The signed-in user.
    pub member: Option<Member>,
    /// Whether the caller is identified, so that signing in would not help.
    pub is_known: bool,
    pub read: bool,
    pub write: bool,
    pub administer: bool,
}

/// Whether and how a user can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountStatus {
    /// `None`: no sign-in.
    pub role: Option<Role>,
    /// Whether the user has a password, so that a link would reset it.
    pub has_password: bool,
}

/// The signed-in user's own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAccount {
    pub member: Member,
    /// Latest first.
    pub sessions: Vec<Session>,
}

/// A signed-in browser session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Identifies the session; it is not the session secret and grants no access.
    pub id: Uuid,
    /// Whether this session made the request.
    pub current: bool,
    pub signed_in_at: Timestamp,
    /// With a resolution of one minute.
    pub seen_at: Timestamp,
    /// The client's IP address at sign-in.
    pub address: Option<String>,
    /// The `User-Agent` at sign-in.
    pub agent: Option<String>,
}

/// The user for whom a link sets a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub name: String,
    pub email: String,
    /// Whether the link replaces an existing password.
    pub resets: bool,
}
