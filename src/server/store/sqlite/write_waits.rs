//! Measures how long writers wait for the write lock.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The longest wait since the last reset, including waits in progress.
#[derive(Debug, Clone, Default)]
pub struct WriteWaits(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    longest: Duration,
    /// When each writer began to wait, by its number.
    waiting: BTreeMap<u64, Instant>,
    last_number: u64,
}

/// A writer that waits until this is dropped.
struct Waiting<'a> {
    waits: &'a WriteWaits,
    number: u64,
}

impl WriteWaits {
    /// Measures a wait, even one that is cancelled.
    pub async fn measure<T>(&self, wait: impl Future<Output = T>) -> T {
        let _waiting = self.begin();
        wait.await
    }

    /// Restarts the measurement, also for writers that are already waiting.
    pub fn reset(&self) {
        let (mut state, now) = (self.lock(), Instant::now());
        state.longest = Duration::ZERO;
        state.waiting.values_mut().for_each(|since| *since = now);
    }

    #[must_use]
    pub fn longest_ms(&self) -> u64 {
        let state = self.lock();
        let longest = state.waiting.values().map(Instant::elapsed).fold(state.longest, Duration::max);
        u64::try_from(longest.as_millis()).unwrap_or(u64::MAX)
    }

    fn begin(&self) -> Waiting<'_> {
        let mut state = self.lock();
        state.last_number += 1;
        let number = state.last_number;
        state.waiting.insert(number, Instant::now());
        Waiting { waits: self, number }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.waits.lock();
        if let Some(since) = state.waiting.remove(&self.number) {
            state.longest = state.longest.max(since.elapsed());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn waits_are_measured_while_they_last_and_when_cancelled() {
        let waits = WriteWaits::default();
        let first = waits.begin();
        tokio::time::advance(Duration::from_secs(3)).await;
        waits.reset();
        assert_eq!(waits.longest_ms(), 0);
        tokio::time::advance(Duration::from_secs(2)).await;
        let second = waits.begin();
        assert_eq!(waits.longest_ms(), 2_000);
        drop(first);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(waits.longest_ms(), 2_000);
        drop(second);
        assert_eq!(waits.longest_ms(), 2_000);
    }
}
