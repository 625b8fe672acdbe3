//! What happens on a connection, and for how long its client has kept it waiting.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::server::foundation::limits::Patience;

/// What is done with a connection whose client takes too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Nothing is asked on it.
    Idle,
    /// The head of a request does not end.
    SlowHead,
    /// What is sent is not taken.
    SlowReader,
}

/// Shared by the socket, which sees bytes, and the service, which sees requests.
#[derive(Debug, Clone)]
pub struct Activity(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    patience: Patience,
    /// How many are being answered.
    requests: usize,
    /// Since when that is none.
    quiet_since: Instant,
    /// Since when the head of a request is on its way.
    head_since: Option<Instant>,
    /// Since when the client takes nothing of what waits for it.
    stalled_since: Option<Instant>,
    /// HTTP/2: not every byte belongs to a request.
    is_multiplexed: bool,
}

impl Activity {
    pub fn new(patience: Patience) -> Self {
        Self(Arc::new(Mutex::new(State {
            patience,
            requests: 0,
            quiet_since: Instant::now(),
            head_since: None,
            stalled_since: None,
            is_multiplexed: false,
        })))
    }

    /// Bytes came.
    pub fn received(&self) {
        let mut state = self.state();
        if state.requests == 0 && !state.is_multiplexed {
            state.head_since.get_or_insert_with(Instant::now);
        }
    }

    /// Bytes were taken, or could not be.
    pub fn sent(&self, is_taken: bool) {
        let mut state = self.state();
        if is_taken {
            state.stalled_since = None;
        } else {
            state.stalled_since.get_or_insert_with(Instant::now);
        }
    }

    /// The head of a request is complete; it is being answered until what is returned here is dropped.
    pub fn begin(&self, is_multiplexed: bool) -> Answering {
        let mut state = self.state();
        state.requests += 1;
        state.head_since = None;
        state.is_multiplexed = is_multiplexed;
        Answering(self.clone())
    }

    /// From now on an idle connection has only a moment. Answers whether its client can be told so
    /// beside what runs, as in HTTP/2.
    pub fn hurry(&self, idle: Duration) -> bool {
        let mut state = self.state();
        state.patience.idle = idle.min(state.patience.idle);
        state.quiet_since = Instant::now();
        state.is_multiplexed
    }

    /// When to look again: nothing can be over before.
    pub fn next_look(&self) -> Instant {
        let state = self.state();
        let soonest = Instant::now() + state.patience.shortest();
        state.deadline().map_or(soonest, |(deadline, _)| deadline.min(soonest))
    }

    /// What has taken too long by now.
    pub fn overdue(&self) -> Option<Cut> {
        let (deadline, cut) = self.state().deadline()?;
        (deadline <= Instant::now()).then_some(cut)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Until when the client has to do something, and what happens if it does not.
    fn deadline(&self) -> Option<(Instant, Cut)> {
        if let Some(since) = self.stalled_since {
            Some((since + self.patience.stall, Cut::SlowReader))
        } else if self.requests > 0 {
            None
        } else if let Some(since) = self.head_since {
            Some((since + self.patience.head, Cut::SlowHead))
        } else {
            Some((self.quiet_since + self.patience.idle, Cut::Idle))
        }
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub struct Answering(Activity);

impl Drop for Answering {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.requests -= 1;
        state.quiet_since = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const PATIENCE: Patience =
        Patience { idle: Duration::from_secs(75), head: Duration::from_secs(10), stall: Duration::from_secs(30) };

    async fn after(activity: &Activity, seconds: u64) -> Option<Cut> {
        advance(Duration::from_secs(seconds)).await;
        activity.overdue()
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_has_ten_seconds_from_its_first_byte_however_many_follow() {
        let activity = Activity::new(PATIENCE);
        assert_eq!(after(&activity, 60).await, None);
        activity.received();
        assert_eq!(after(&activity, 9).await, None);
        activity.received();
        assert_eq!(after(&activity, 1).await, Some(Cut::SlowHead));
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_idle_only_while_nothing_is_asked() {
        let activity = Activity::new(PATIENCE);
        activity.received();
        let answering = activity.begin(false);
        assert_eq!(after(&activity, 1_000).await, None);
        activity.received();
        drop(answering);
        assert_eq!(after(&activity, 74).await, None);
        assert_eq!(after(&activity, 1).await, Some(Cut::Idle));
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_of_an_answer_is_cut_and_who_takes_a_little_is_not() {
        let activity = Activity::new(PATIENCE);
        let _answering = activity.begin(false);
        activity.sent(false);
        assert_eq!(after(&activity, 29).await, None);
        activity.sent(true);
        activity.sent(false);
        assert_eq!(after(&activity, 29).await, None);
        assert_eq!(after(&activity, 1).await, Some(Cut::SlowReader));
    }

    #[tokio::test(start_paused = true)]
    async fn the_bytes_of_http_2_are_no_head_and_nothing_is_overdue_before_it_is_looked_at() {
        let activity = Activity::new(PATIENCE);
        drop(activity.begin(true));
        activity.received();
        assert_eq!(activity.next_look(), Instant::now() + PATIENCE.head);
        assert_eq!(after(&activity, 74).await, None);
        assert_eq!(activity.next_look(), Instant::now() + Duration::from_secs(1));
        assert!(activity.hurry(Duration::from_millis(10)));
        assert_eq!(after(&activity, 1).await, Some(Cut::Idle));
    }
}
