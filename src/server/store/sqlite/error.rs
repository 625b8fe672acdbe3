//! SQLite's result codes: <https://www.sqlite.org/rescode.html>.

use sqlx::error::DatabaseError;

/// Another connection holds the lock.
const BUSY: i32 = 5;

/// Errors that end by themselves or that an operator can fix: busy, locked, out of memory, read-only, I/O, disk full,
/// cannot open, locking protocol.
const TRANSIENT: [i32; 8] = [BUSY, 6, 7, 8, 10, 13, 14, 15];

pub fn is_transient(error: &dyn DatabaseError) -> bool {
    code(error).is_some_and(|code| TRANSIENT.contains(&code))
}

pub fn is_busy(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(cause) if code(&**cause) == Some(BUSY))
}

/// The primary result code, without its extension.
fn code(error: &dyn DatabaseError) -> Option<i32> {
    let code: i32 = error.try_downcast_ref::<sqlx::sqlite::SqliteError>()?.code()?.parse().ok()?;
    Some(code & 0xff)
}
