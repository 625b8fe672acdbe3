//! A batch loader: requests that each need one row at about the same time share a statement, because a round trip costs
//! much more than a row. Keys that arrive while a statement runs go into the next one; without concurrent requests
//! nothing waits.

use std::{
    collections::HashMap,
    fmt,
    hash::Hash,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::future::BoxFuture;
use tokio::{sync::oneshot, task::yield_now, time::timeout};

use crate::domain::AppError;

/// The maximum number of keys in a statement.
const MAX_BATCH: usize = 100;
/// The time after which a waiting request reads by itself, perhaps because the shared connection hangs.
const MAX_WAIT: Duration = Duration::from_millis(250);

/// The rows found, by key.
pub type Loaded<K, V> = Result<HashMap<K, V>, AppError>;

type Load<K, V> = Box<dyn Fn(Vec<K>) -> BoxFuture<'static, Loaded<K, V>> + Send + Sync>;

/// Loads rows of one kind by their keys.
pub struct BatchLoader<K, V>(Arc<Shared<K, V>>);

struct Shared<K, V> {
    load: Load<K, V>,
    queue: Mutex<Queue<K, V>>,
}

struct Queue<K, V> {
    waiting: Vec<Waiting<K, V>>,
    /// Only one statement runs at a time: fewer statements read more keys each.
    is_loading: bool,
}

struct Waiting<K, V> {
    key: K,
    answer: oneshot::Sender<Result<Option<V>, AppError>>,
}

/// Runs statements until no request waits.
struct Worker<K, V> {
    shared: Arc<Shared<K, V>>,
    /// Whether dropping it has to clear `Queue::is_loading`.
    is_active: bool,
}

impl<K, V> BatchLoader<K, V>
where
    K: Copy + Eq + Hash + Send + 'static,
    V: Clone + Send + 'static,
{
    /// `load` finds the rows of many keys.
    pub fn new<R>(load: impl Fn(Vec<K>) -> R + Send + Sync + 'static) -> Self
    where
        R: Future<Output = Loaded<K, V>> + Send + 'static,
    {
        let queue = Queue { waiting: Vec::new(), is_loading: false };
        Self(Arc::new(Shared { load: Box::new(move |keys| Box::pin(load(keys))), queue: queue.into() }))
    }

    /// The row of a key, if there is one, read by a statement that starts after this call.
    ///
    /// # Errors
    /// The errors of `load`.
    pub async fn get(&self, key: K) -> Result<Option<V>, AppError> {
        let (answer, answered) = oneshot::channel();
        if let Some(worker) = self.0.enqueue(Waiting { key, answer }) {
            tokio::spawn(worker.run());
        }
        match timeout(MAX_WAIT, answered).await {
            Ok(Ok(answer)) => answer,
            _ => Ok((self.0.load)(vec![key]).await?.remove(&key)),
        }
    }
}

impl<K, V> Shared<K, V> {
    /// Returns a worker, which the caller has to start, if none is running.
    fn enqueue(self: &Arc<Self>, waiting: Waiting<K, V>) -> Option<Worker<K, V>> {
        let mut queue = self.queue();
        queue.waiting.push(waiting);
        (!mem::replace(&mut queue.is_loading, true)).then(|| Worker { shared: self.clone(), is_active: true })
    }

    fn queue(&self) -> MutexGuard<'_, Queue<K, V>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Copy + Eq + Hash, V: Clone> Worker<K, V> {
    async fn run(mut self) {
        // Lets tasks that are ready enqueue their keys first.
        yield_now().await;
        while let Some(batch) = self.next_batch() {
            let found = (self.shared.load)(batch.iter().map(|waiting| waiting.key).collect()).await;
            for Waiting { key, answer } in batch {
                // A cancelled request has dropped its receiver.
                let _ = answer.send(match &found {
                    Ok(rows) => Ok(rows.get(&key).cloned()),
                    Err(error) => Err(error.clone()),
                });
            }
        }
    }

    /// `None` where no request waits; the next one starts another worker.
    fn next_batch(&mut self) -> Option<Vec<Waiting<K, V>>> {
        let mut queue = self.shared.queue();
        self.is_active = !queue.waiting.is_empty();
        queue.is_loading = self.is_active;
        let size = queue.waiting.len().min(MAX_BATCH);
        let rest = queue.waiting.split_off(size);
        let batch = mem::replace(&mut queue.waiting, rest);
        self.is_active.then_some(batch)
    }
}

impl<K, V> Drop for Worker<K, V> {
    fn drop(&mut self) {
        if self.is_active {
            self.shared.queue().is_loading = false;
        }
    }
}

impl<K, V> fmt::Debug for BatchLoader<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchLoader").field("waiting", &self.0.queue().waiting.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::{sync::Semaphore, task::JoinSet};

    use super::*;

    /// Loads even numbers, each with the number of statements that ran before.
    fn evens(statements: &Arc<AtomicUsize>, gate: &Arc<Semaphore>) -> BatchLoader<u32, usize> {
        let (statements, gate) = (statements.clone(), gate.clone());
        BatchLoader::new(move |keys| {
            let (number, gate) = (statements.fetch_add(1, Ordering::Relaxed), gate.clone());
            async move {
                let _open = gate.acquire().await.unwrap();
                assert!(keys.len() <= MAX_BATCH);
                if keys.contains(&13) {
                    return Err(AppError::internal("thirteen"));
                }
                Ok(keys.into_iter().filter(|key| key % 2 == 0).map(|key| (key, number)).collect())
            }
        })
    }

    #[tokio::test]
    async fn concurrent_requests_share_statements_and_each_gets_its_own_row() {
        let statements = Arc::new(AtomicUsize::new(0));
        let rows = Arc::new(evens(&statements, &Arc::new(Semaphore::new(1))));
        let mut requests = JoinSet::new();
        for key in 20..520 {
            let rows = rows.clone();
            requests.spawn(async move { (key, rows.get(key).await.unwrap()) });
        }
        for (key, found) in requests.join_all().await {
            assert_eq!(found.is_some(), key % 2 == 0, "{key}");
        }
        assert_eq!(statements.load(Ordering::Relaxed), 5);
    }

    #[tokio::test]
    async fn a_row_is_never_from_a_statement_that_started_before_the_request() {
        let (statements, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(1)));
        let rows = evens(&statements, &gate);
        for number in 0..5 {
            assert_eq!(rows.get(2).await.unwrap(), Some(number));
        }
    }

    #[tokio::test]
    async fn an_error_goes_to_all_requests_of_its_statement_and_the_next_one_loads_again() {
        let rows = Arc::new(evens(&Arc::default(), &Arc::new(Semaphore::new(1))));
        let (one, other) = tokio::join!(rows.get(13), rows.get(2));
        assert!(one.is_err() && other.is_err());
        assert!(rows.get(2).await.unwrap().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_behind_a_hanging_statement_loads_by_itself_and_a_cancelled_one_blocks_no_other() {
        let gate = Arc::new(Semaphore::new(0));
        let statements = Arc::new(AtomicUsize::new(0));
        let rows = Arc::new(evens(&statements, &gate));
        for key in [2, 4] {
            // These requests are cancelled while their statement hangs.
            assert!(timeout(MAX_WAIT / 2, rows.get(key)).await.is_err());
        }
        let request = tokio::spawn({
            let rows = rows.clone();
            async move { rows.get(6).await.unwrap() }
        });
        tokio::time::sleep(MAX_WAIT * 2).await;
        assert_eq!(statements.load(Ordering::Relaxed), 2, "the third, behind the first, loads by itself");
        gate.add_permits(1);
        assert!(request.await.unwrap().is_some());
        assert!(rows.get(8).await.unwrap().is_some());
    }
}
