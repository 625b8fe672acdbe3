//! What a database says when it cannot do something, as the rest of Rollcall understands it.

use sqlx::{error::DatabaseError, migrate::MigrateError};

use crate::{
    domain::{AppError, Cause},
    server::foundation::telemetry,
};

/// What may be over in a moment is `Unavailable`; the rest is a fault.
impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            telemetry::pool_timed_out();
        }
        if may_be_over_soon(&error) { Self::Unavailable(Cause::new(error)) } else { Self::internal(error) }
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

/// Whether another try, in a moment and perhaps on another connection, may go well.
pub fn may_be_over_soon(error: &sqlx::Error) -> bool {
    use sqlx::Error;

    match error {
        Error::Database(cause) => is_passing(&**cause),
        // No connection in time, or one that broke off in the middle of what it said.
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

/// Whether the database did not answer at all.
pub fn is_unreachable(error: &anyhow::Error) -> bool {
    use sqlx::Error;
    let unreachable = |error: &Error| matches!(error, Error::Io(_) | Error::Tls(_) | Error::PoolTimedOut);
    error.chain().filter_map(|cause| cause.downcast_ref()).any(unreachable)
}

fn is_passing(error: &dyn DatabaseError) -> bool {
    #[cfg(feature = "postgres")]
    if let Some(error) = error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
        return passes_on_postgres(error.code());
    }
    #[cfg(feature = "sqlite")]
    if let Some(code) = sqlite_code(error) {
        return PASSING_ON_SQLITE.contains(&code);
    }
    let _ = error;
    false
}

/// Somebody else holds the lock.
#[cfg(feature = "sqlite")]
pub const BUSY: i32 = 5;

/// What an operator can cure, or what ends by itself: locked, no memory, read-only, input and output,
/// full, cannot open, a locking protocol.
#[cfg(feature = "sqlite")]
const PASSING_ON_SQLITE: [i32; 8] = [BUSY, 6, 7, 8, 10, 13, 14, 15];

/// SQLite's result code without its extension: <https://www.sqlite.org/rescode.html>.
#[cfg(feature = "sqlite")]
pub fn sqlite_code(error: &dyn DatabaseError) -> Option<i32> {
    let code: i32 = error.try_downcast_ref::<sqlx::sqlite::SqliteError>()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// SQLSTATEs: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
#[cfg(feature = "postgres")]
const PASSING_ON_POSTGRES: [&[&str]; 5] = [
    // The database was ended, is starting, or gone for a while, as in a restore.
    &["57P01", "57P02", "57P03", "57P04", "57P05", "3D000"],
    // A standby, which somebody will promote.
    &["25006"],
    // Waited for too long: for a lock, for a statement, for us.
    &["55P03", "57014", "25P03", "25P04"],
    // One of two that were in each other's way: nothing of it was done.
    &["40001", "40P01"],
    // Input and output.
    &["58030"],
];

/// Connections, resources such as disk, memory and connections, and who may connect.
#[cfg(feature = "postgres")]
const PASSING_CLASSES: [&str; 3] = ["08", "53", "28"];

#[cfg(feature = "postgres")]
fn passes_on_postgres(code: &str) -> bool {
    PASSING_ON_POSTGRES.concat().contains(&code) || PASSING_CLASSES.iter().any(|class| code.starts_with(class))
}

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use super::passes_on_postgres;

    #[test]
    fn a_database_that_is_away_may_be_back_soon_and_a_wrong_statement_stays_wrong() {
        for code in ["57P01", "57P03", "08006", "08P01", "53300", "53100", "25006", "40P01", "55P03", "57014"] {
            assert!(passes_on_postgres(code), "{code}");
        }
        for code in ["42601", "42P01", "23505", "23514", "22001", "XX000", "0A000"] {
            assert!(!passes_on_postgres(code), "{code}");
        }
    }
}
