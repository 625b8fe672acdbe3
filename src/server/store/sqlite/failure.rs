//! SQLite's result codes: <https://www.sqlite.org/rescode.html>.

use sqlx::error::DatabaseError;

/// Another connection holds the lock.
const BUSY: i32 = 5;

/// What ends by itself or an operator can fix: busy, locked, no memory, read-only, input and output,
/// disk full, cannot open, a locking protocol.
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
