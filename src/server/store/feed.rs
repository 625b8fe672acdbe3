use std::{fmt, num::ParseIntError, str::FromStr};

use async_trait::async_trait;
use sqlx::types::Uuid;

use super::events::subject_of;
use crate::domain::{Action, AppError, EventSubject, User, UserId};

/// The audit trail as a feed, ordered so that no event is ever inserted before one that was already read.
#[async_trait]
pub trait Feed: Send + Sync {
    /// The position of the last event.
    async fn end_of_trail(&self) -> Result<Position, AppError>;

    /// Whether the trail still has the event at this position, and so all later ones.
    async fn is_in_trail(&self, position: Position) -> Result<bool, AppError>;

    /// The events after a position, in order, up to a limit.
    async fn trail_after(&self, position: Position, limit: u32) -> Result<Vec<TrailEvent>, AppError>;

    /// A starting point for `since`, which returns events sooner than `trail_after`, but in no order and perhaps
    /// repeatedly.
    async fn mark(&self) -> Result<PollMark, AppError>;

    /// The events since a mark, up to a limit, and the next mark.
    async fn since(&self, mark: PollMark, limit: u32) -> Result<(Vec<TrailEvent>, PollMark), AppError>;

    /// Those of these users who are active.
    async fn active_users(&self, ids: &[UserId]) -> Result<Vec<User>, AppError>;
}

/// The position of an event. Later ones are greater.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The transaction that wrote the event; 0 on SQLite, where transactions are serial.
    pub xid: i64,
    pub seq: i64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.xid, self.seq)
    }
}

impl FromStr for Position {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        let (xid, seq) = text.split_once('-').unwrap_or((text, ""));
        Ok(Self { xid: xid.parse()?, seq: seq.parse()? })
    }
}

/// The events before it have been read. On SQLite it is the number of the last event, on PostgreSQL that of the oldest
/// transaction that was still running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollMark(pub i64);

/// An event as the feed needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailEvent {
    pub position: Position,
    /// `None` for an action of a later version of Rollcall.
    pub action: Option<Action>,
    /// `None` for an event without one, and for a kind that only a later version of Rollcall knows.
    pub subject: Option<EventSubject>,
    pub user: Option<UserId>,
}

/// The columns of `events` that the feed needs.
#[derive(Debug)]
pub struct TrailRow {
    pub xid: i64,
    pub seq: i64,
    pub action: String,
    pub subject_kind: Option<String>,
    pub subject_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
}

impl From<TrailRow> for TrailEvent {
    fn from(row: TrailRow) -> Self {
        Self {
            position: Position { xid: row.xid, seq: row.seq },
            action: row.action.parse().ok(),
            subject: subject_of(row.subject_kind.as_deref(), row.subject_id).ok().flatten(),
            user: row.user_id.map(UserId),
        }
    }
}
