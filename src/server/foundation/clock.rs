//! The clock and the id generator. Services take them as arguments, so that tests and seeds can replace them.

use chrono::Utc;
use uuid::Uuid;

use crate::domain::{AppError, Timestamp};

pub trait Clock: Send + Sync {
    /// # Errors
    /// When the clock is beyond the year 9999.
    fn now(&self) -> Result<Timestamp, AppError>;
}

pub trait Ids: Send + Sync {
    fn next(&self) -> Uuid;
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
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}
