//! The imports that this process is working on.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::watch;

use crate::domain::{ImportId, ImportProgress, ImportState};

/// The minimum interval between two renewals of a lease.
const RENEWAL_INTERVAL_MS: u64 = 1_000;

/// The running tasks by import.
#[derive(Debug, Clone, Default)]
pub struct RunningTasks(Arc<Mutex<HashMap<ImportId, Arc<RunningTask>>>>);

impl RunningTasks {
    pub fn begin(&self, id: ImportId, activity: ImportState, total: u64) -> Arc<RunningTask> {
        let task = Arc::new(RunningTask::new(activity, total));
        self.lock().insert(id, task.clone());
        task
    }

    pub fn find(&self, id: ImportId) -> Option<Arc<RunningTask>> {
        self.lock().get(&id).cloned()
    }

    pub fn end(&self, id: ImportId) {
        if let Some(task) = self.lock().remove(&id) {
            task.ended.send_replace(true);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ImportId, Arc<RunningTask>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A background task on an import, and its progress.
#[derive(Debug)]
pub struct RunningTask {
    pub activity: ImportState,
    begun: Instant,
    done: AtomicU64,
    total: AtomicU64,
    renewed_ms: AtomicU64,
    is_cancelled: AtomicBool,
    ended: watch::Sender<bool>,
}

impl RunningTask {
    fn new(activity: ImportState, total: u64) -> Self {
        Self {
            activity,
            begun: Instant::now(),
            done: AtomicU64::new(0),
            total: AtomicU64::new(total),
            renewed_ms: AtomicU64::new(0),
            is_cancelled: AtomicBool::new(false),
            ended: watch::Sender::new(false),
        }
    }

    pub fn add_done(&self, more: u64) {
        self.done.fetch_add(more, Ordering::Relaxed);
    }

    #[must_use]
    pub fn progress(&self) -> ImportProgress {
        let (done, total) = (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
        let rate = done.saturating_mul(1_000).checked_div(self.elapsed_ms()).unwrap_or_default();
        ImportProgress { done, total, rate }
    }

    pub fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }

    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }

    /// Whether the lease is due for renewal; `true` once for each interval.
    pub fn is_renewal_due(&self) -> bool {
        let now = self.elapsed_ms();
        let is_renewal_due = now >= self.renewed_ms.load(Ordering::Relaxed) + RENEWAL_INTERVAL_MS;
        if is_renewal_due {
            self.renewed_ms.store(now, Ordering::Relaxed);
        }
        is_renewal_due
    }

    /// Waits for the task to end.
    pub async fn ended(&self) {
        // Never an error: `self` owns the sender.
        let _ = self.ended.subscribe().wait_for(|ended| *ended).await;
    }

    /// Waits for the task to end, up to a timeout.
    pub async fn ended_within(&self, wait: Duration) {
        let _ = tokio::time::timeout(wait, self.ended()).await;
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
