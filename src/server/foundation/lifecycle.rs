//! How far the server is between its start and its end, for whoever has to know.

use std::sync::Arc;

use tokio::sync::watch;

/// The phases follow each other; none comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Nobody is let in yet.
    Starting,
    Ready,
    /// Told to stop: serves as before, but asks balancers to send nobody any more.
    Leaving,
    /// Lets nobody in; what runs finishes.
    Draining,
}

/// Where the server is. Cheap to clone: all clones tell the same.
#[derive(Debug, Clone)]
pub struct Lifecycle(Arc<watch::Sender<Phase>>);

impl Default for Lifecycle {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Phase::Starting)))
    }
}

impl Lifecycle {
    #[must_use]
    pub fn phase(&self) -> Phase {
        *self.0.borrow()
    }

    /// Goes on to a phase; back it does not go.
    pub fn enter(&self, phase: Phase) {
        self.0.send_if_modified(|current| {
            let is_further = phase > *current;
            *current = phase.max(*current);
            is_further
        });
    }

    /// Completes when nobody is let in any more: what would run on for long ends by it.
    pub fn draining(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut phases = self.0.subscribe();
        async move {
            let _ = phases.wait_for(|phase| *phase >= Phase::Draining).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_for_the_end_learns_of_it_and_there_is_no_way_back() {
        let lifecycle = Lifecycle::default();
        let waiting = tokio::spawn(lifecycle.draining());
        lifecycle.enter(Phase::Ready);
        lifecycle.enter(Phase::Draining);
        lifecycle.enter(Phase::Leaving);
        waiting.await.unwrap();
        lifecycle.draining().await;
        assert_eq!(lifecycle.phase(), Phase::Draining);
    }
}
