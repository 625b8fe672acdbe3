//! How long those who write wait for their turn.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The longest wait since it was last forgotten, whether it is over or not.
#[derive(Debug, Clone, Default)]
pub struct Waits(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    longest: Duration,
    /// Since when who waits, in the order in which they came.
    waiting: BTreeMap<u64, Instant>,
    came: u64,
}

/// Somebody who waits, until this is dropped.
struct Waiting<'a> {
    waits: &'a Waits,
    number: u64,
}

impl Waits {
    /// Notes how long this takes, whatever becomes of it.
    pub async fn during<T>(&self, wait: impl Future<Output = T>) -> T {
        let _waiting = self.begin();
        wait.await
    }

    /// From now on, so for those who are waiting already.
    pub fn forget(&self) {
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
        state.came += 1;
        let number = state.came;
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
    async fn whoever_still_waits_counts_and_whoever_gave_up_does() {
        let waits = Waits::default();
        let first = waits.begin();
        tokio::time::advance(Duration::from_secs(3)).await;
        waits.forget();
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
