//! Time and new ids come from outside the service, so that tests and seeds can set them.

use chrono::Utc;
use uuid::Uuid;

use crate::domain::{AppError, Timestamp, UserId};

pub trait Clock: Send + Sync {
    /// # Errors
    /// When the machine's clock is beyond the year 9999.
    fn now(&self) -> Result<Timestamp, AppError>;
}

pub trait Ids: Send + Sync {
    fn next(&self) -> UserId;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Result<Timestamp, AppError> {
        Timestamp::new(Utc::now()).ok_or_else(|| AppError::internal("the clock is out of range"))
    }
}

/// UUIDs of version 7 (RFC 9562), in order even within a millisecond.
#[derive(Debug, Clone, Copy)]
pub struct UuidV7;

impl Ids for UuidV7 {
    fn next(&self) -> UserId {
        UserId(Uuid::now_v7())
    }
}
