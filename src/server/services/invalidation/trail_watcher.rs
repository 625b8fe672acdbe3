//! Invalidation after changes by other processes, which the watcher reads from the audit trail.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use super::Epochs;
use crate::{
    domain::AppError,
    server::store::{PollMark, Store, TrailEvent},
};

const INTERVAL: Duration = Duration::from_millis(250);
/// How long a read of the trail counts as fresh, from its start.
const FRESH_FOR: Duration = Duration::from_secs(1);
/// The watcher stops when the cache was unused for this long.
const IDLE: Duration = Duration::from_mins(1);
/// The maximum number of events read at once; with more, everything is invalidated.
const MAX_EVENTS: u32 = 500;

/// Reads the audit trail while the cache is in use.
pub struct TrailWatcher(Arc<State>);

struct State {
    store: Arc<dyn Store>,
    epochs: Epochs,
    start: Instant,
    /// In milliseconds from `start`: until then the changes of other processes are known.
    fresh_until: AtomicU64,
    asked_at: AtomicU64,
    is_running: AtomicBool,
}

impl TrailWatcher {
    pub fn new(store: Arc<dyn Store>, epochs: Epochs) -> Self {
        Self(Arc::new(State {
            store,
            epochs,
            start: Instant::now(),
            fresh_until: 0.into(),
            asked_at: 0.into(),
            is_running: false.into(),
        }))
    }

    /// Whether all changes that other processes made up to a second ago are known. Starts the watcher if not.
    pub fn is_fresh(&self) -> bool {
        let state = &self.0;
        let now = state.now();
        // Written once a second only, because all requests read this cache line.
        if now > state.asked_at.load(Ordering::Relaxed) + 1_000 {
            state.asked_at.store(now, Ordering::Relaxed);
        }
        let is_fresh = now < state.fresh_until.load(Ordering::Acquire);
        if !is_fresh && !state.is_running.swap(true, Ordering::AcqRel) {
            tokio::spawn(state.clone().run());
        }
        is_fresh
    }
}

impl State {
    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    async fn run(self: Arc<Self>) {
        let mut mark = None;
        while self.now() < self.asked_at.load(Ordering::Relaxed) + millis(IDLE) {
            let asked = self.now();
            match self.read_trail(mark).await {
                Ok(read) => {
                    mark = Some(read);
                    self.fresh_until.store(asked + millis(FRESH_FOR), Ordering::Release);
                }
                // An earlier read stays fresh for its remaining time.
                Err(error) => {
                    tracing::debug!(cause = error.cause(), "the audit trail cannot be read: responses are not cached");
                }
            }
            tokio::time::sleep(INTERVAL).await;
        }
        self.fresh_until.store(0, Ordering::Release);
        self.is_running.store(false, Ordering::Release);
    }

    async fn read_trail(&self, mark: Option<PollMark>) -> Result<PollMark, AppError> {
        let Some(mark) = mark else {
            let mark = self.store.mark().await?;
            self.epochs.all_users_changed();
            return Ok(mark);
        };
        let (events, next) = self.store.since(mark, MAX_EVENTS).await?;
        if events.len() == MAX_EVENTS as usize {
            let mark = self.store.mark().await?;
            self.epochs.all_users_changed();
            return Ok(mark);
        }
        for event in &events {
            self.invalidate(event);
        }
        Ok(next)
    }

    fn invalidate(&self, event: &TrailEvent) {
        match (event.action.map(|action| action.as_str().split_once('.').map_or("", |(of, _)| of)), event.user) {
            (Some("user"), Some(id)) => self.epochs.users_changed(&[id]),
            (Some("user" | "import") | None, _) => self.epochs.all_users_changed(),
            _ => self.epochs.access_changed(),
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl fmt::Debug for TrailWatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrailWatcher").field("is_running", &self.0.is_running).finish_non_exhaustive()
    }
}
