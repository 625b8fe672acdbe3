//! The mapping of database errors to `AppError`.

use sqlx::migrate::MigrateError;

use super::DRIVERS;
use crate::{
    domain::{AppError, Cause},
    server::foundation::telemetry,
};

/// A transient error is `Unavailable`; any other is a fault.
impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            telemetry::pool_timed_out();
        }
        if is_transient(&error) { Self::Unavailable(Cause::new(error)) } else { Self::internal(error) }
    }
}

impl From<MigrateError> for AppError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

/// Whether a retry, after a moment and perhaps on another connection, may succeed.
pub fn is_transient(error: &sqlx::Error) -> bool {
    use sqlx::Error;

    match error {
        Error::Database(cause) => DRIVERS.iter().any(|driver| driver.is_transient(&**cause)),
        // No connection in time, or a broken one.
        Error::PoolTimedOut
        | Error::PoolClosed
        | Error::WorkerCrashed
        | Error::BeginFailed
        | Error::Io(_)
        | Error::Tls(_)
        | Error::Protocol(_) => true,
        _ => false,
    }
}

/// Whether the database could not be reached.
pub fn is_unreachable(error: &anyhow::Error) -> bool {
    use sqlx::Error;

    let unreachable = |error: &Error| matches!(error, Error::Io(_) | Error::Tls(_) | Error::PoolTimedOut);
    error.chain().filter_map(|cause| cause.downcast_ref()).any(unreachable)
}
