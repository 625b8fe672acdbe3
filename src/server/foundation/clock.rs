//! The clock and the id generator. Services take them as arguments, so that tests and seeds can replace them.

use chrono::Utc;
use uuid::Uuid;

use crate::domain::{AppError, Timestamp, UserId};

pub trait Clock: Send + Sync {
    /// # Errors
    /// When the clock is beyond the year 9999.
    fn now(&self) -> Result<Timestamp, AppError>;
}

pub trait Ids: Send + Sync {
    fn next(&self) -> UserId;
}

/// The system clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Result<Timestamp, AppError> {
        Timestamp::new(Utc::now()).ok_or_else(|| AppError::internal("the clock is out of range"))
    }
}

/// UUIDs of version 7 (RFC 9562), monotonic even within a millisecond.
#[derive(Debug, Clone, Copy)]
pub struct UuidV7;

impl Ids for UuidV7 {
    fn next(&self) -> UserId {
        UserId(Uuid::now_v7())
    }
}
