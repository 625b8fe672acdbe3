use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Member, Timestamp};

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

/// The signed-in user's own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAccount {
    pub member: Member,
    /// Latest first.
    pub sessions: Vec<Session>,
}

/// The user for whom a link sets a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub name: String,
    pub email: String,
    /// Whether the link replaces an existing password.
    pub resets: bool,
}
