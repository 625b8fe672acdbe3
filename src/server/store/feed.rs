use std::{fmt, num::ParseIntError, str::FromStr};

use async_trait::async_trait;
use sqlx::types::Uuid;

use crate::domain::{Action, AppError, User, UserId};

/// The audit trail as it grows, in an order in which nothing comes to stand before what was read.
#[async_trait]
pub trait Feed: Send + Sync {
    /// Where the trail ends.
    async fn end_of_trail(&self) -> Result<Position, AppError>;

    /// Whether the trail still has an event at this position, so that what follows is all there.
    async fn is_in_trail(&self, position: Position) -> Result<bool, AppError>;

    /// The events that follow a position, in the order of theirs, up to a limit.
    async fn trail_after(&self, position: Position, limit: u32) -> Result<Vec<TrailEvent>, AppError>;

    /// Where somebody begins who wants to know of all that is done from now on, at once: events come in no
    /// order, and perhaps more than once.
    async fn mark(&self) -> Result<Mark, AppError>;

    /// What was done since a mark, up to a limit, and the mark to go on from.
    async fn since(&self, mark: Mark, limit: u32) -> Result<(Vec<TrailEvent>, Mark), AppError>;

    /// Those of these users who are active.
    async fn active_users(&self, ids: &[UserId]) -> Result<Vec<User>, AppError>;
}

/// A place in the trail. Later ones are greater.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The transaction that wrote the event; 0 where they are written one after another.
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

/// All that was done before it is known: of events the number of the last, or of transactions that of
/// the oldest which was under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark(pub i64);

/// What a reader of the trail has to know of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailEvent {
    pub position: Position,
    /// `None`: something that only a later version of Rollcall does.
    pub action: Option<Action>,
    pub user: Option<UserId>,
}

/// A row of `events`, as far as it is needed here.
#[derive(Debug)]
pub struct TrailRow {
    pub xid: i64,
    pub seq: i64,
    pub action: String,
    pub user_id: Option<Uuid>,
}

impl From<TrailRow> for TrailEvent {
    fn from(row: TrailRow) -> Self {
        Self {
            position: Position { xid: row.xid, seq: row.seq },
            action: row.action.parse().ok(),
            user: row.user_id.map(UserId),
        }
    }
}
