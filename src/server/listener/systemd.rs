//! Notifications to systemd (sd_notify(3)).

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// Notifies systemd, if it started this process.
pub fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "cannot notify systemd");
    }
}

/// The timer of systemd's watchdog, which restarts a server that stops sending notifications. The accept loop polls it,
/// and a task on the runtime sends them, so both must work.
#[derive(Debug)]
pub struct Watchdog(Option<Interval>);

impl Watchdog {
    /// Fires at half of the interval that systemd requires, or never if it requires none.
    pub fn new() -> Self {
        let timeout = sd_notify::watchdog_enabled().filter(|timeout| *timeout > Duration::from_millis(1));
        Self(timeout.map(|timeout| {
            let mut interval = interval(timeout / 2);
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            interval
        }))
    }

    /// For a listener that the watchdog does not supervise.
    pub fn none() -> Self {
        Self(None)
    }

    pub async fn due(&mut self) {
        match &mut self.0 {
            Some(interval) => drop(interval.tick().await),
            None => std::future::pending().await,
        }
    }
}

/// Tells systemd's watchdog that the server works.
pub fn notify_watchdog() {
    tokio::spawn(async { notify(&[NotifyState::Watchdog]) });
}
