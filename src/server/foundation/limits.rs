//! The limits of the server, in one place: how many, how large and how long.

use chrono::TimeDelta;
use std::time::Duration;

use clap::Args;

/// The largest request body, in bytes.
pub const BODY_LIMIT: usize = 10 * 1024 * 1024;

/// The request bodies that may be in transit at once, all requests together, in bytes.
pub const BODIES_IN_TRANSIT: usize = 256 * 1024 * 1024;

/// How long a request may take until its response begins.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// How long the response to an `Idempotency-Key` is kept.
pub const IDEMPOTENCY_KEYS_KEPT: TimeDelta = TimeDelta::hours(24);

/// What a server lets its clients do.
#[derive(Debug, Clone, Copy, Args)]
pub struct Limits {
    /// How many connections may be open; beyond them the answer is 503, but for /health. It is
    /// lowered where the system allows fewer open files
    #[arg(
        long,
        env = "ROLLCALL_MAX_CONNECTIONS",
        value_name = "CONNECTIONS",
        default_value_t = 16_384,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000),
        global = true
    )]
    pub max_connections: u32,

    /// How many requests are worked on at once; beyond them the answer is 503
    #[arg(
        long,
        env = "ROLLCALL_MAX_IN_FLIGHT",
        value_name = "REQUESTS",
        default_value_t = 512,
        value_parser = clap::value_parser!(u32).range(1..=100_000),
        global = true
    )]
    pub max_in_flight: u32,

    /// After how long a connection is closed on which nothing is asked
    #[arg(
        long,
        env = "ROLLCALL_IDLE_TIMEOUT",
        value_name = "SECONDS",
        default_value_t = 75,
        value_parser = clap::value_parser!(u32).range(1..=86_400),
        global = true
    )]
    pub idle_timeout: u32,

    /// How long the server serves on when it was told to stop and /health/ready says so, for
    /// balancers that look only now and then
    #[arg(
        long,
        env = "ROLLCALL_SHUTDOWN_DELAY",
        value_name = "SECONDS",
        default_value_t = 0,
        value_parser = clap::value_parser!(u32).range(0..=3_600),
        global = true
    )]
    pub shutdown_delay: u32,
}

impl Limits {
    #[must_use]
    pub fn shutdown_delay(&self) -> Duration {
        Duration::from_secs(self.shutdown_delay.into())
    }

    #[must_use]
    pub fn patience(&self) -> Patience {
        Patience { idle: Duration::from_secs(self.idle_timeout.into()), ..Patience::default() }
    }

    /// How many connections there may be, once the process may open as many files as the system lets it.
    pub fn seats(&self) -> usize {
        let wanted = self.max_connections as usize;
        let files = match rlimit::increase_nofile_limit(u64::MAX) {
            Ok(files) => usize::try_from(files).unwrap_or(usize::MAX),
            Err(error) => {
                tracing::warn!(%error, "cannot tell how many files may be open");
                return wanted;
            }
        };
        let seats = seats(wanted, files);
        if seats < wanted {
            tracing::warn!(
                files,
                "only {seats} connections are possible, not {wanted}: the system allows this process so few open files"
            );
        }
        seats
    }
}

/// How many connections there could be, of those wanted, with as many files as may be opened at most.
pub fn possible(wanted: u32) -> Option<usize> {
    let (_, files) = rlimit::getrlimit(rlimit::Resource::NOFILE).ok()?;
    Some(seats(wanted as usize, usize::try_from(files).unwrap_or(usize::MAX)))
}

/// Further connections that are told that there are too many.
pub const SURPLUS: usize = 64;

/// What else is open: the databases' connections, logs, the listeners.
const OTHER_FILES: usize = 128;

fn seats(wanted: usize, files: usize) -> usize {
    wanted.min(files.saturating_sub(SURPLUS + OTHER_FILES)).max(1)
}

/// How long a client may keep its connection waiting.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the first byte of a request.
    pub idle: Duration,
    /// From there to the end of its head.
    pub head: Duration,
    /// For taking any more of what it is sent.
    pub stall: Duration,
}

impl Patience {
    /// With those who are only told that there are too many.
    pub const SURPLUS: Self =
        Self { idle: Duration::from_secs(2), head: Duration::from_secs(2), stall: Duration::from_secs(2) };

    /// The shortest: nothing is over before it.
    pub fn shortest(&self) -> Duration {
        self.idle.min(self.head).min(self.stall)
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self { idle: Duration::from_secs(75), head: Duration::from_secs(10), stall: Duration::from_secs(20) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_the_rest() {
        assert_eq!(seats(16_384, 1_048_576), 16_384);
        assert_eq!(seats(16_384, 1_024), 832);
        assert_eq!(seats(16_384, 10), 1);
    }
}
