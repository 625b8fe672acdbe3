//! The activity of a connection, from which its timeouts are computed.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::server::foundation::connections::Timeouts;

/// The timeout that a connection exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeoutKind {
    /// No request arrived.
    Idle,
    /// The head of a request did not complete.
    SlowHead,
    /// The client did not read the response.
    SlowReader,
}

/// Shared by the socket, which sees bytes, and the service, which sees requests.
#[derive(Debug, Clone)]
pub struct Activity(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    timeouts: Timeouts,
    /// The number of requests in flight.
    requests: usize,
    /// Since when there have been none.
    idle_since: Instant,
    /// When the first byte of an incomplete request head arrived.
    head_since: Option<Instant>,
    /// Since when the client has not read any of the pending bytes.
    stalled_since: Option<Instant>,
    /// Whether the connection is HTTP/2, where not every byte belongs to a request.
    is_multiplexed: bool,
}

impl Activity {
    pub fn new(timeouts: Timeouts) -> Self {
        Self(Arc::new(Mutex::new(State {
            timeouts,
            requests: 0,
            idle_since: Instant::now(),
            head_since: None,
            stalled_since: None,
            is_multiplexed: false,
        })))
    }

    /// Records that bytes were received.
    pub fn received(&self) {
        let mut state = self.state();
        if state.requests == 0 && !state.is_multiplexed {
            state.head_since.get_or_insert_with(Instant::now);
        }
    }

    /// Records that the socket accepted bytes, or that its buffer is full.
    pub fn sent(&self, is_accepted: bool) {
        let mut state = self.state();
        if is_accepted {
            state.stalled_since = None;
        } else {
            state.stalled_since.get_or_insert_with(Instant::now);
        }
    }

    /// Records a complete request head. The request is in flight until the returned guard is dropped.
    pub fn begin(&self, is_multiplexed: bool) -> InFlight {
        let mut state = self.state();
        state.requests += 1;
        state.head_since = None;
        state.is_multiplexed = is_multiplexed;
        InFlight(self.clone())
    }

    /// Shortens the idle timeout. Returns whether the client can be told about the shutdown while requests are in
    /// flight, as in HTTP/2.
    pub fn shorten_idle(&self, idle: Duration) -> bool {
        let mut state = self.state();
        state.timeouts.idle = idle.min(state.timeouts.idle);
        state.idle_since = Instant::now();
        state.is_multiplexed
    }

    /// When to check the timeouts again: none can be exceeded earlier.
    pub fn next_check(&self) -> Instant {
        let state = self.state();
        let soonest = Instant::now() + state.timeouts.shortest();
        state.deadline().map_or(soonest, |(deadline, _)| deadline.min(soonest))
    }

    /// The timeout that is exceeded by now, if any.
    pub fn overdue(&self) -> Option<TimeoutKind> {
        let (deadline, kind) = self.state().deadline()?;
        (deadline <= Instant::now()).then_some(kind)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The next deadline of the client, and its timeout.
    fn deadline(&self) -> Option<(Instant, TimeoutKind)> {
        if let Some(since) = self.stalled_since {
            Some((since + self.timeouts.stall, TimeoutKind::SlowReader))
        } else if self.requests > 0 {
            None
        } else if let Some(since) = self.head_since {
            Some((since + self.timeouts.head, TimeoutKind::SlowHead))
        } else {
            Some((self.idle_since + self.timeouts.idle, TimeoutKind::Idle))
        }
    }
}

/// A guard for a request in flight.
#[derive(Debug)]
pub struct InFlight(Activity);

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.requests -= 1;
        state.idle_since = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const TIMEOUTS: Timeouts =
        Timeouts { idle: Duration::from_secs(75), head: Duration::from_secs(10), stall: Duration::from_secs(30) };

    async fn after(activity: &Activity, seconds: u64) -> Option<TimeoutKind> {
        advance(Duration::from_secs(seconds)).await;
        activity.overdue()
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_may_take_ten_seconds_from_its_first_byte_whatever_follows() {
        let activity = Activity::new(TIMEOUTS);
        assert_eq!(after(&activity, 60).await, None);
        activity.received();
        assert_eq!(after(&activity, 9).await, None);
        activity.received();
        assert_eq!(after(&activity, 1).await, Some(TimeoutKind::SlowHead));
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_idle_only_without_requests_in_flight() {
        let activity = Activity::new(TIMEOUTS);
        activity.received();
        let in_flight = activity.begin(false);
        assert_eq!(after(&activity, 1_000).await, None);
        activity.received();
        drop(in_flight);
        assert_eq!(after(&activity, 74).await, None);
        assert_eq!(after(&activity, 1).await, Some(TimeoutKind::Idle));
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_reads_nothing_times_out_and_one_that_reads_a_little_does_not() {
        let activity = Activity::new(TIMEOUTS);
        let _in_flight = activity.begin(false);
        activity.sent(false);
        assert_eq!(after(&activity, 29).await, None);
        activity.sent(true);
        activity.sent(false);
        assert_eq!(after(&activity, 29).await, None);
        assert_eq!(after(&activity, 1).await, Some(TimeoutKind::SlowReader));
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_of_http_2_do_not_start_a_head_and_no_timeout_is_exceeded_before_the_next_check() {
        let activity = Activity::new(TIMEOUTS);
        drop(activity.begin(true));
        activity.received();
        assert_eq!(activity.next_check(), Instant::now() + TIMEOUTS.head);
        assert_eq!(after(&activity, 74).await, None);
        assert_eq!(activity.next_check(), Instant::now() + Duration::from_secs(1));
        assert!(activity.shorten_idle(Duration::from_millis(10)));
        assert_eq!(after(&activity, 1).await, Some(TimeoutKind::Idle));
    }
}
