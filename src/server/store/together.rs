//! Reading a row costs little, asking the database for it much more. Those who each want one row at
//! about the same time are therefore read in one statement: whoever asks while another is under way
//! comes along with the next. Where nobody else asks, nobody waits.

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

/// So many are read in one statement.
const MOST: usize = 100;
/// Who has waited for so long, perhaps behind a connection that hangs, reads alone.
const PATIENCE: Duration = Duration::from_millis(250);

/// What was found, by what it was asked by.
pub type Found<K, V> = Result<HashMap<K, V>, AppError>;

type Read<K, V> = Box<dyn Fn(Vec<K>) -> BoxFuture<'static, Found<K, V>> + Send + Sync>;

/// Rows of one kind, each asked for by its key.
pub struct Together<K, V>(Arc<Shared<K, V>>);

struct Shared<K, V> {
    read: Read<K, V>,
    queue: Mutex<Queue<K, V>>,
}

struct Queue<K, V> {
    waiting: Vec<Waiting<K, V>>,
    /// One statement is under way at a time: the fewer, the more each reads.
    is_read: bool,
}

struct Waiting<K, V> {
    key: K,
    answer: oneshot::Sender<Result<Option<V>, AppError>>,
}

/// Reads for those who wait until nobody does.
struct Reader<K, V> {
    shared: Arc<Shared<K, V>>,
    /// Whether it is still the one who reads.
    is_reading: bool,
}

impl<K, V> Together<K, V>
where
    K: Copy + Eq + Hash + Send + 'static,
    V: Clone + Send + 'static,
{
    /// `read` finds the rows of many keys.
    pub fn new<R>(read: impl Fn(Vec<K>) -> R + Send + Sync + 'static) -> Self
    where
        R: Future<Output = Found<K, V>> + Send + 'static,
    {
        let queue = Queue { waiting: Vec::new(), is_read: false };
        Self(Arc::new(Shared { read: Box::new(move |keys| Box::pin(read(keys))), queue: queue.into() }))
    }

    /// The row of a key, if there is one, as it is from now on.
    ///
    /// # Errors
    /// Those of reading.
    pub async fn get(&self, key: K) -> Result<Option<V>, AppError> {
        let (answer, answered) = oneshot::channel();
        if let Some(reader) = self.0.enqueue(Waiting { key, answer }) {
            tokio::spawn(reader.run());
        }
        match timeout(PATIENCE, answered).await {
            Ok(Ok(answer)) => answer,
            _ => Ok((self.0.read)(vec![key]).await?.remove(&key)),
        }
    }
}

impl<K, V> Shared<K, V> {
    /// `Some` where nobody reads.
    fn enqueue(self: &Arc<Self>, waiting: Waiting<K, V>) -> Option<Reader<K, V>> {
        let mut queue = self.queue();
        queue.waiting.push(waiting);
        (!mem::replace(&mut queue.is_read, true)).then(|| Reader { shared: self.clone(), is_reading: true })
    }

    fn queue(&self) -> MutexGuard<'_, Queue<K, V>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Copy + Eq + Hash, V: Clone> Reader<K, V> {
    async fn run(mut self) {
        // Whoever is about to ask comes along.
        yield_now().await;
        while let Some(asked) = self.next() {
            let found = (self.shared.read)(asked.iter().map(|waiting| waiting.key).collect()).await;
            for Waiting { key, answer } in asked {
                // Who has left needs none.
                let _ = answer.send(match &found {
                    Ok(rows) => Ok(rows.get(&key).cloned()),
                    Err(error) => Err(error.clone()),
                });
            }
        }
    }

    /// `None` where nobody waits; whoever asks after that is told that nobody reads.
    fn next(&mut self) -> Option<Vec<Waiting<K, V>>> {
        let mut queue = self.shared.queue();
        self.is_reading = !queue.waiting.is_empty();
        queue.is_read = self.is_reading;
        let most = queue.waiting.len().min(MOST);
        let rest = queue.waiting.split_off(most);
        let asked = mem::replace(&mut queue.waiting, rest);
        self.is_reading.then_some(asked)
    }
}

impl<K, V> Drop for Reader<K, V> {
    fn drop(&mut self) {
        if self.is_reading {
            self.shared.queue().is_read = false;
        }
    }
}

impl<K, V> fmt::Debug for Together<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Together").field("waiting", &self.0.queue().waiting.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::{sync::Semaphore, task::JoinSet};

    use super::*;

    /// Even numbers are there, with how many statements it took until they were read.
    fn evens(statements: &Arc<AtomicUsize>, gate: &Arc<Semaphore>) -> Together<u32, usize> {
        let (statements, gate) = (statements.clone(), gate.clone());
        Together::new(move |keys| {
            let (number, gate) = (statements.fetch_add(1, Ordering::Relaxed), gate.clone());
            async move {
                let _open = gate.acquire().await.unwrap();
                assert!(keys.len() <= MOST);
                if keys.contains(&13) {
                    return Err(AppError::internal("thirteen"));
                }
                Ok(keys.into_iter().filter(|key| key % 2 == 0).map(|key| (key, number)).collect())
            }
        })
    }

    #[tokio::test]
    async fn who_asks_at_once_is_read_in_few_statements_and_each_is_told_of_their_own() {
        let statements = Arc::new(AtomicUsize::new(0));
        let rows = Arc::new(evens(&statements, &Arc::new(Semaphore::new(1))));
        let mut asking = JoinSet::new();
        for key in 20..520 {
            let rows = rows.clone();
            asking.spawn(async move { (key, rows.get(key).await.unwrap()) });
        }
        for (key, found) in asking.join_all().await {
            assert_eq!(found.is_some(), key % 2 == 0, "{key}");
        }
        assert_eq!(statements.load(Ordering::Relaxed), 5);
    }

    #[tokio::test]
    async fn nobody_is_told_what_was_read_before_they_asked() {
        let (statements, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(1)));
        let rows = evens(&statements, &gate);
        for number in 0..5 {
            assert_eq!(rows.get(2).await.unwrap(), Some(number));
        }
    }

    #[tokio::test]
    async fn an_error_is_told_to_all_of_its_statement_and_the_next_is_read() {
        let rows = Arc::new(evens(&Arc::default(), &Arc::new(Semaphore::new(1))));
        let (one, other) = tokio::join!(rows.get(13), rows.get(2));
        assert!(one.is_err() && other.is_err());
        assert!(rows.get(2).await.unwrap().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_behind_others_that_hang_reads_alone_and_who_leaves_holds_up_nobody() {
        let gate = Arc::new(Semaphore::new(0));
        let statements = Arc::new(AtomicUsize::new(0));
        let rows = Arc::new(evens(&statements, &gate));
        for key in [2, 4] {
            // The patience of these ends while their statement hangs.
            assert!(timeout(PATIENCE / 2, rows.get(key)).await.is_err());
        }
        let asking = tokio::spawn({
            let rows = rows.clone();
            async move { rows.get(6).await.unwrap() }
        });
        tokio::time::sleep(PATIENCE * 2).await;
        assert_eq!(statements.load(Ordering::Relaxed), 2, "the third, behind the first, reads alone");
        gate.add_permits(1);
        assert!(asking.await.unwrap().is_some());
        assert!(rows.get(8).await.unwrap().is_some());
    }
}
