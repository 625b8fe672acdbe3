//! The lifecycle of the server, from start to shutdown.

use std::sync::Arc;

use tokio::sync::watch;

/// The phases, in order. The server never returns to an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// No connections are accepted yet.
    Starting,
    Ready,
    /// Shutdown was requested: serves as before, but reports not ready, so that load balancers stop sending requests.
    ShuttingDown,
    /// The listener is closed; requests in flight are finished.
    Draining,
}

/// The current phase. Cheap to clone: all clones share it.
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

    /// Enters a phase, unless a later one was entered already.
    pub fn enter(&self, phase: Phase) {
        self.0.send_if_modified(|current| {
            let is_later = phase > *current;
            *current = phase.max(*current);
            is_later
        });
    }

    /// Completes when draining starts, so that long-running work can end.
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
    async fn waiters_are_notified_of_draining_and_phases_never_go_back() {
        let lifecycle = Lifecycle::default();
        let waiting = tokio::spawn(lifecycle.draining());
        lifecycle.enter(Phase::Ready);
        lifecycle.enter(Phase::Draining);
        lifecycle.enter(Phase::ShuttingDown);
        waiting.await.unwrap();
        lifecycle.draining().await;
        assert_eq!(lifecycle.phase(), Phase::Draining);
    }
}
