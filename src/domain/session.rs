use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Member, Timestamp};

/// A browser somebody is signed in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Says which session it is, and opens nothing.
    pub id: Uuid,
    /// Whether it is the one that asks.
    pub current: bool,
    pub signed_in_at: Timestamp,
    /// To the minute.
    pub seen_at: Timestamp,
    /// The address of the client at sign-in.
    pub address: Option<String>,
    /// What the browser called itself at sign-in.
    pub agent: Option<String>,
}

/// What somebody may see of how they sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAccount {
    pub member: Member,
    /// The latest first.
    pub sessions: Vec<Session>,
}

/// For whom a link sets a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub name: String,
    pub email: String,
    /// There is a password already, which the link replaces.
    pub resets: bool,
}
