//! Transient SQLSTATEs: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.

use sqlx::{error::DatabaseError, postgres::PgDatabaseError};

const TRANSIENT: [&[&str]; 5] = [
    // The database was shut down, is starting, or is temporarily missing, as during a restore.
    &["57P01", "57P02", "57P03", "57P04", "57P05", "3D000"],
    // A standby that may be promoted.
    &["25006"],
    // Timeouts: of a lock, a statement, an idle transaction.
    &["55P03", "57014", "25P03", "25P04"],
    // Serialization failures and deadlocks: the transaction was rolled back.
    &["40001", "40P01"],
    // I/O errors.
    &["58030"],
];

/// Connections, resources such as disk and memory, and authorization.
const TRANSIENT_CLASSES: [&str; 3] = ["08", "53", "28"];

pub fn is_transient(error: &dyn DatabaseError) -> bool {
    error.try_downcast_ref::<PgDatabaseError>().is_some_and(|error| is_transient_code(error.code()))
}

fn is_transient_code(code: &str) -> bool {
    TRANSIENT.concat().contains(&code) || TRANSIENT_CLASSES.iter().any(|class| code.starts_with(class))
}

#[cfg(test)]
mod tests {
    use super::is_transient_code;

    #[test]
    fn an_unreachable_database_is_transient_and_an_invalid_statement_is_not() {
        for code in ["57P01", "57P03", "08006", "08P01", "53300", "53100", "25006", "40P01", "55P03", "57014"] {
            assert!(is_transient_code(code), "{code}");
        }
        for code in ["42601", "42P01", "23505", "23514", "22001", "XX000", "0A000"] {
            assert!(!is_transient_code(code), "{code}");
        }
    }
}
