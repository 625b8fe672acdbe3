//! The change feed: events about users, sent to all open streams. Its source is the audit trail, which is written in
//! the transaction of each change, so the feed neither loses nor invents an event.

mod authorization;
mod batch;
mod reader;
mod stream;

pub use self::{authorization::StreamAuthorization, stream::Stream};

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, broadcast};

use self::batch::Item;
use crate::{
    domain::{AppError, Cause},
    server::{
        foundation::{clock::Clock, redis::Redis},
        store::{Position, Store},
    },
};

/// The capacity of the channel that all streams share. It bounds memory without backpressure on the reader: a stream
/// that falls behind loses the oldest items, and its client reloads the list.
const CAPACITY: usize = 256;

/// The channel with which instances wake each other; the payload is ignored.
const REDIS_CHANNEL: &str = "rollcall:changed";

/// The state that all streams of this instance share: one reader of the trail and a broadcast channel of its
/// batches. Cheap to clone.
#[derive(Clone)]
pub struct ChangeFeed(Arc<Shared>);

struct Shared {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    redis: Option<Redis>,
    permits: Arc<Semaphore>,
    is_full: AtomicBool,
    channel: broadcast::Sender<Arc<Item>>,
    live: Mutex<Live>,
    /// Wakes the reader after a change by this or another instance.
    wake: Arc<Notify>,
    /// Whether a publication to the other instances is pending.
    is_publishing: AtomicBool,
}

#[derive(Default)]
struct Live {
    /// The position of the newest item; `None` while there are no streams, and so no reader.
    position: Option<Position>,
    is_closed: bool,
}

/// A receiver of the channel's items after a position.
struct Subscription {
    items: broadcast::Receiver<Arc<Item>>,
    position: Position,
}

impl ChangeFeed {
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, redis: Option<Redis>, max_streams: usize) -> Self {
        Self(Arc::new(Shared {
            store,
            clock,
            redis,
            permits: Arc::new(Semaphore::new(max_streams.min(Semaphore::MAX_PERMITS))),
            is_full: AtomicBool::new(false),
            channel: broadcast::Sender::new(CAPACITY),
            live: Mutex::default(),
            wake: Arc::default(),
            is_publishing: AtomicBool::new(false),
        }))
    }

    /// The current position. A client that reads the users now and subscribes from here misses no event.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn position(&self) -> Result<Position, AppError> {
        let position = self.live().position;
        match position {
            Some(position) => Ok(position),
            None => self.0.store.end_of_trail().await,
        }
    }

    /// Makes this and all other instances read the trail after a possible change.
    pub fn notify(&self) {
        self.0.wake.notify_one();
        let Some(redis) = self.0.redis.clone().filter(Redis::is_available) else { return };
        if !self.0.is_publishing.swap(true, Ordering::Relaxed) {
            let feed = self.clone();
            tokio::spawn(async move {
                // Reset before publishing: a change from now on needs another publication.
                feed.0.is_publishing.store(false, Ordering::Relaxed);
                redis.publish(REDIS_CHANNEL).await;
            });
        }
    }

    /// Ends all streams gracefully and refuses new ones.
    pub fn close(&self) {
        let mut live = self.live();
        live.is_closed = true;
        let _ = self.0.channel.send(Arc::new(Item::End));
        drop(live);
        self.0.wake.notify_one();
    }

    /// The number of open streams.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.0.channel.receiver_count()
    }

    fn acquire_permit(&self) -> Result<OwnedSemaphorePermit, AppError> {
        let permit = self.0.permits.clone().try_acquire_owned();
        let was_full = self.0.is_full.swap(permit.is_err(), Ordering::Relaxed);
        if permit.is_err() && !was_full {
            tracing::warn!(streams = self.streams(), "the maximum number of event streams is open: see --max-streams");
        }
        permit.map_err(|_| AppError::Unavailable(Cause::default()))
    }

    /// Subscribes from the current position. The first subscription starts the reader.
    async fn subscribe(&self) -> Result<Subscription, AppError> {
        let end = self.position().await?;
        let mut live = self.live();
        if live.is_closed {
            return Err(AppError::Unavailable(Cause::default()));
        }
        let is_read = live.position.is_some();
        let position = *live.position.get_or_insert(end);
        let items = self.0.channel.subscribe();
        if !is_read {
            tokio::spawn(reader::run(self.clone(), position));
        }
        Ok(Subscription { items, position })
    }

    /// Subscribes from the current position while another stream keeps the reader running.
    fn subscribe_again(&self, fallback: Position) -> Subscription {
        let live = self.live();
        Subscription { items: self.0.channel.subscribe(), position: live.position.unwrap_or(fallback) }
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.0.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ChangeFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangeFeed").field("streams", &self.streams()).finish_non_exhaustive()
    }
}
