//! How long those who write have waited for their turn.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

/// The longest wait since it was last forgotten.
#[derive(Debug, Clone, Default)]
pub struct Waits(Arc<AtomicU64>);

impl Waits {
    /// Notes how long this takes, whatever becomes of it.
    pub async fn during<T>(&self, wait: impl Future<Output = T>) -> T {
        let begun = Instant::now();
        let turn = wait.await;
        self.note(begun.elapsed());
        turn
    }

    pub fn forget(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    #[must_use]
    pub fn longest_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn note(&self, waited: Duration) {
        self.0.fetch_max(u64::try_from(waited.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}
