//! The metrics that any layer may record, and the logging of causes. Without the Prometheus listener no recorder is
//! installed, and recording costs nothing.

pub mod requests;

use std::time::Duration;

use metrics::{counter, gauge};

use crate::domain::{AppError, Timestamp};

pub const REQUESTS: &str = "http_requests_total";
pub const DURATION: &str = "http_request_duration_seconds";
pub const IN_FLIGHT: &str = "http_requests_in_flight";
pub const CONNECTIONS: &str = "http_connections";
pub const BUILD: &str = "rollcall_build_info";
pub const DRAINING: &str = "rollcall_draining";
pub const DATABASE_UP: &str = "rollcall_database_up";
pub const POOL_CONNECTIONS: &str = "rollcall_database_pool_connections";
pub const POOL_IDLE: &str = "rollcall_database_pool_idle_connections";
pub const POOL_MAX: &str = "rollcall_database_pool_max_connections";
pub const POOL_TIMEOUTS: &str = "rollcall_database_pool_timeouts_total";
pub const REDIS_UP: &str = "rollcall_redis_up";
pub const SESSIONS: &str = "rollcall_sessions";
pub const PASSWORD_CHECKS: &str = "rollcall_password_checks_total";
pub const RATE_LIMITED: &str = "rollcall_rate_limited_total";
pub const SHED: &str = "rollcall_shed_requests_total";
pub const CACHE_BYTES: &str = "rollcall_cache_bytes";
pub const CACHE_REQUESTS: &str = "rollcall_cache_requests_total";
pub const STREAMS: &str = "rollcall_event_streams";
pub const OUTDATED: &str = "rollcall_outdated_users";
pub const COLLISIONS: &str = "rollcall_email_collisions";
pub const MAINTENANCE_RUNS: &str = "rollcall_maintenance_runs_total";
pub const MAINTENANCE_LAST_SUCCESS: &str = "rollcall_maintenance_last_success_timestamp_seconds";

/// Logs the cause of an internal error, within the span that carries the request id.
pub fn log_cause(error: &AppError) {
    if let Some(cause) = error.cause() {
        tracing::error!(cause, "a request failed");
    }
}

/// A guard that counts an open connection of a listener.
#[derive(Debug)]
pub struct OpenConnection(&'static str);

impl OpenConnection {
    #[must_use]
    pub fn at(listener: &'static str) -> Self {
        gauge!(CONNECTIONS, "listener" => listener).increment(1);
        Self(listener)
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        gauge!(CONNECTIONS, "listener" => self.0).decrement(1);
    }
}

/// Records that the server is shutting down.
pub fn draining() {
    gauge!(DRAINING).set(1);
}

/// Counts a request that timed out waiting for a database connection.
pub fn pool_timed_out() {
    counter!(POOL_TIMEOUTS).increment(1);
}

/// Counts a request that was refused by the rate limit.
pub fn rate_limited() {
    counter!(RATE_LIMITED).increment(1);
}

/// Counts a request that was refused by load shedding.
pub fn shed() {
    counter!(SHED).increment(1);
}

/// The outcome of a password check.
#[derive(Debug, Clone, Copy)]
pub enum PasswordCheck {
    Right,
    Wrong,
    /// Not checked, after too many wrong passwords.
    Throttled,
}

impl PasswordCheck {
    pub fn count(self) {
        let outcome = match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Throttled => "throttled",
        };
        counter!(PASSWORD_CHECKS, "outcome" => outcome).increment(1);
    }
}

/// Counts a run of maintenance; `now` is set if it succeeded.
pub fn maintenance_finished(now: Option<Timestamp>) {
    counter!(MAINTENANCE_RUNS, "outcome" => if now.is_some() { "success" } else { "failure" }).increment(1);
    if let Some(now) = now {
        gauge!(MAINTENANCE_LAST_SUCCESS).set(Duration::from_micros(now.unix_micros().unsigned_abs()));
    }
}

/// Sets the number of users that a newer folding still has to rebuild, and of address collisions.
pub fn set_outdated(users: u64, collisions: usize) {
    gauge!(OUTDATED).set(u32::try_from(users).unwrap_or(u32::MAX));
    gauge!(COLLISIONS).set(u32::try_from(collisions).unwrap_or(u32::MAX));
}
