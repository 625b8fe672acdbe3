//! Rate limiting within one process.

use std::{
    fmt,
    num::NonZeroU32,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::HashMapStateStore,
};

use super::{Allowance, Key, Limiter};

/// Counts in this process, by the generic cell rate algorithm (ITU-T I.371).
pub struct InProcess<C: Clock = DefaultClock> {
    per_minute: NonZeroU32,
    counts: RateLimiter<Key, HashMapStateStore<Key>, C, StateInformationMiddleware>,
    /// The number of keys above which idle ones are dropped.
    cleanup_threshold: AtomicUsize,
}

impl<C: Clock> InProcess<C> {
    const MIN_CLEANUP_THRESHOLD: usize = 1_024;

    pub fn new(per_minute: NonZeroU32, clock: C) -> Self {
        let counts = RateLimiter::hashmap_with_clock(Quota::per_minute(per_minute), clock).with_middleware();
        Self { per_minute, counts, cleanup_threshold: AtomicUsize::new(Self::MIN_CLEANUP_THRESHOLD) }
    }

    pub fn allow(&self, key: &Key) -> Allowance {
        let allowance = match self.counts.check_key(key) {
            Ok(state) => Allowance {
                remaining: Some(state.remaining_burst_capacity()),
                reset_in: 60_u32.div_ceil(self.per_minute.get()),
            },
            Err(until) => {
                Allowance { remaining: None, reset_in: seconds(until.wait_time_from(self.counts.clock().now())) }
            }
        };
        self.drop_idle();
        allowance
    }

    /// Drops idle keys above a threshold of twice the keys in use, so the amortized cost per request is constant.
    fn drop_idle(&self) {
        if self.counts.len() > self.cleanup_threshold.load(Ordering::Relaxed) {
            self.counts.retain_recent();
            self.counts.shrink_to_fit();
            let cleanup_threshold = self.counts.len().saturating_mul(2).max(Self::MIN_CLEANUP_THRESHOLD);
            self.cleanup_threshold.store(cleanup_threshold, Ordering::Relaxed);
        }
    }
}

/// Whole seconds, at least one.
fn seconds(wait: Duration) -> u32 {
    let whole = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    u32::try_from(whole).unwrap_or(u32::MAX).max(1)
}

#[async_trait]
impl<C: Clock + Send + Sync> Limiter for InProcess<C> {
    async fn count(&self, key: &Key) -> Allowance {
        self.allow(key)
    }
}

impl<C: Clock> fmt::Debug for InProcess<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess").field("per_minute", &self.per_minute).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn client(n: u32) -> Key {
        Key::Client(n.to_string())
    }

    fn limit(per_minute: u32) -> (InProcess<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (InProcess::new(per_minute.try_into().unwrap(), clock.clone()), clock)
    }

    #[test]
    fn requests_are_replenished_one_by_one() {
        let (limiter, clock) = limit(3);
        for remaining in [2, 1, 0] {
            assert_eq!(limiter.allow(&client(1)), Allowance { remaining: Some(remaining), reset_in: 20 });
        }
        clock.advance(Duration::from_millis(4_500));
        assert_eq!(limiter.allow(&client(1)), Allowance { remaining: None, reset_in: 16 });
        assert_eq!(limiter.allow(&client(2)).remaining, Some(2), "another client");
        clock.advance(Duration::from_secs(16));
        assert_eq!(limiter.allow(&client(1)).remaining, Some(0));
        clock.advance(Duration::from_mins(1));
        assert_eq!(limiter.allow(&client(1)).remaining, Some(2));
    }

    #[test]
    fn the_highest_and_the_lowest_limit_are_enforced() {
        let (limiter, _) = limit(1_000_000);
        assert_eq!(limiter.allow(&client(1)), Allowance { remaining: Some(999_999), reset_in: 1 });
        let (limiter, clock) = limit(1);
        assert_eq!(limiter.allow(&client(1)), Allowance { remaining: Some(0), reset_in: 60 });
        assert_eq!(limiter.allow(&client(1)), Allowance { remaining: None, reset_in: 60 });
        clock.advance(Duration::from_mins(1));
        assert_eq!(limiter.allow(&client(1)).remaining, Some(0));
    }

    #[test]
    fn idle_keys_are_dropped_and_busy_ones_are_not() {
        let (limiter, clock) = limit(2);
        for round in 0..10 {
            let busy = client(1_000_000);
            assert_eq!(limiter.allow(&busy).remaining, Some(1), "round {round}");
            assert_eq!(limiter.allow(&busy).remaining, Some(0), "round {round}");
            for n in 0..2_000 {
                limiter.allow(&client(round * 2_000 + n));
            }
            assert_eq!(limiter.allow(&busy).remaining, None, "round {round}");
            assert!(limiter.counts.len() <= 5_000, "{} keys", limiter.counts.len());
            clock.advance(Duration::from_secs(61));
        }
    }
}
