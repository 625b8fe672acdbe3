//! What systemd is told, where it started Rollcall (sd_notify(3)).

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// Tells systemd; without it, nobody.
pub fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "cannot tell systemd");
    }
}

/// Keeps systemd from restarting a server that works: whoever accepts connections turns it, and a
/// worker that is not stuck says so.
#[derive(Debug)]
pub struct Watchdog(Option<Interval>);

impl Watchdog {
    /// At half of the interval that systemd wants, which is never, where it wants none.
    pub fn new() -> Self {
        let every = sd_notify::watchdog_enabled().filter(|wanted| *wanted > Duration::from_millis(1));
        Self(every.map(|wanted| {
            let mut interval = interval(wanted / 2);
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            interval
        }))
    }

    /// For a listener that systemd does not ask about.
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

/// Says that the server works.
pub fn calm_watchdog() {
    tokio::spawn(async { tell(&[NotifyState::Watchdog]) });
}
