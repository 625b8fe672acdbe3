//! The settings of connections and requests, and what the process can open of them.

use std::time::Duration;

use clap::Args;

use super::limits;

/// The settings of connections and requests.
#[derive(Debug, Clone, Copy, Args)]
pub struct ConnectionSettings {
    /// Maximum number of open connections; further ones get 503, except on /health. Lowered to fit the open-file limit
    #[arg(
        long,
        env = "ROLLCALL_MAX_CONNECTIONS",
        value_name = "CONNECTIONS",
        default_value_t = limits::CONNECTIONS,
        value_parser = clap::value_parser!(u32).range(limits::CONNECTIONS_RANGE),
        global = true
    )]
    pub max_connections: u32,

    /// Maximum number of requests in flight; further ones get 503
    #[arg(
        long,
        env = "ROLLCALL_MAX_IN_FLIGHT",
        value_name = "REQUESTS",
        default_value_t = limits::IN_FLIGHT,
        value_parser = clap::value_parser!(u32).range(limits::IN_FLIGHT_RANGE),
        global = true
    )]
    pub max_in_flight: u32,

    /// Idle connection timeout
    #[arg(
        long,
        env = "ROLLCALL_IDLE_TIMEOUT",
        value_name = "SECONDS",
        default_value_t = limits::IDLE_TIMEOUT,
        value_parser = clap::value_parser!(u32).range(limits::IDLE_TIMEOUT_RANGE),
        global = true
    )]
    pub idle_timeout: u32,

    /// How long to accept connections after the shutdown signal, while /health/ready fails; set it longer than the
    /// interval of the load balancer's checks
    #[arg(
        long,
        env = "ROLLCALL_SHUTDOWN_DELAY",
        value_name = "SECONDS",
        default_value_t = 0,
        value_parser = clap::value_parser!(u32).range(limits::SHUTDOWN_DELAY_RANGE),
        global = true
    )]
    pub shutdown_delay: u32,
}

impl ConnectionSettings {
    #[must_use]
    pub fn shutdown_delay(&self) -> Duration {
        Duration::from_secs(self.shutdown_delay.into())
    }

    #[must_use]
    pub fn timeouts(&self) -> Timeouts {
        Timeouts { idle: Duration::from_secs(self.idle_timeout.into()), ..Timeouts::default() }
    }

    /// Raises the open-file limit of the process as far as possible, and returns the maximum number of connections that
    /// fits into it.
    pub fn effective_connections(&self) -> usize {
        let wanted = self.max_connections as usize;
        let files = match rlimit::increase_nofile_limit(u64::MAX) {
            Ok(files) => usize::try_from(files).unwrap_or(usize::MAX),
            Err(error) => {
                tracing::warn!(%error, "cannot read the open-file limit");
                return wanted;
            }
        };
        let available = within(wanted, files);
        if available < wanted {
            tracing::warn!(files, "the open-file limit allows only {available} connections, not {wanted}");
        }
        available
    }
}

/// The maximum number of connections, of those wanted, that fits into the hard open-file limit.
pub fn available_connections(wanted: u32) -> Option<usize> {
    let (_, files) = rlimit::getrlimit(rlimit::Resource::NOFILE).ok()?;
    Some(within(wanted as usize, usize::try_from(files).unwrap_or(usize::MAX)))
}

/// File descriptors for everything else: database connections, logs, listeners.
const OTHER_FILES: usize = 128;

fn within(wanted: usize, files: usize) -> usize {
    wanted.min(files.saturating_sub(limits::OVER_CAPACITY + OTHER_FILES)).max(1)
}

/// The timeouts of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Until the first byte of a request.
    pub idle: Duration,
    /// From the first byte of a request to the end of its head.
    pub head: Duration,
    /// Without the client reading any of the pending response.
    pub stall: Duration,
}

impl Timeouts {
    /// The timeouts of connections that are answered with 503.
    pub const OVER_CAPACITY: Self =
        Self { idle: Duration::from_secs(2), head: Duration::from_secs(2), stall: Duration::from_secs(2) };

    /// The shortest of the timeouts.
    pub fn shortest(&self) -> Duration {
        self.idle.min(self.head).min(self.stall)
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        let idle = Duration::from_secs(limits::IDLE_TIMEOUT.into());
        Self { idle, head: limits::HEAD_TIMEOUT, stall: limits::STALL_TIMEOUT }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_maximum_leaves_file_descriptors_for_everything_else() {
        assert_eq!(within(16_384, 1_048_576), 16_384);
        assert_eq!(within(16_384, 1_024), 832);
        assert_eq!(within(16_384, 10), 1);
    }
}
