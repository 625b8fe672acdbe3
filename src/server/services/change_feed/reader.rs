//! The reader of the audit trail: one task, which runs while there are streams.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep, timeout};

use super::{
    CHANNEL, ChangeFeed,
    batch::{Batch, Item, MOST_BEHIND},
};
use crate::{
    domain::{AppError, Cause},
    server::store::Position,
};

/// The poll interval, for changes without a notification: those of other processes without Redis.
const POLL: Duration = Duration::from_millis(500);
/// The interval of keep-alive messages.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The timeout of a query, after which it is retried.
const PATIENCE: Duration = Duration::from_secs(10);
/// The delay between two batches for each open stream: with more streams, batches become larger and fewer.
const PACE: Duration = Duration::from_micros(10);

pub async fn run(feed: ChangeFeed, position: Position) {
    let _calls = feed.0.redis.as_ref().map(|redis| redis.listen(CHANNEL, feed.0.bell.clone()));
    let mut reader = Reader { feed, position, behind: 0, is_failing: false };
    let mut last_heartbeat = Instant::now();
    while reader.feed.is_watched() {
        if !reader.read_on().await {
            let _ = timeout(POLL, reader.feed.0.bell.notified()).await;
        }
        if last_heartbeat.elapsed() >= HEARTBEAT {
            reader.tell(Item::Heartbeat(reader.position));
            last_heartbeat = Instant::now();
        }
        sleep(PACE.saturating_mul(u32::try_from(reader.feed.streams()).unwrap_or(u32::MAX))).await;
    }
}

struct Reader {
    feed: ChangeFeed,
    position: Position,
    /// The number of consecutive full batches.
    behind: u32,
    is_failing: bool,
}

impl Reader {
    /// Reads and sends a batch. Returns whether there may be another.
    async fn read_on(&mut self) -> bool {
        let reading = Batch::after(self.feed.0.store.as_ref(), self.position);
        let late = |_| Err(AppError::Unavailable(Cause::new("the database does not answer")));
        let batch = timeout(PATIENCE, reading).await.unwrap_or_else(late);
        self.note(batch.as_ref().err());
        let Ok(Some(batch)) = batch else {
            self.behind = 0;
            return false;
        };
        let is_full = batch.is_full;
        self.behind = if is_full { self.behind + 1 } else { 0 };
        if self.behind > MOST_BEHIND {
            return self.skip().await;
        }
        self.position = batch.position;
        self.tell(Item::Batch(batch));
        is_full
    }

    /// Skips to the end of the trail and tells all clients to reload the list.
    async fn skip(&mut self) -> bool {
        if let Ok(end) = self.feed.0.store.end_of_trail().await {
            self.position = end.max(self.position);
            self.behind = 0;
            self.tell(Item::Reload(self.position));
        }
        true
    }

    fn tell(&self, item: Item) {
        let mut live = self.feed.live();
        live.position = Some(self.position);
        let is_empty = matches!(&item, Item::Batch(batch) if batch.is_empty());
        if !is_empty {
            let _ = self.feed.0.ring.send(Arc::new(item));
        }
    }

    /// Logs the first failure to read the trail, and the recovery.
    fn note(&mut self, error: Option<&AppError>) {
        let is_closed = self.feed.live().is_closed;
        match error {
            Some(error) if !self.is_failing && !is_closed => {
                tracing::warn!(cause = error.cause(), "changes cannot be read: open lists wait for them");
            }
            None if self.is_failing => tracing::info!("changes are read again"),
            _ => {}
        }
        self.is_failing = error.is_some();
    }
}

impl ChangeFeed {
    /// Whether there are streams; the reader ends with the last one.
    fn is_watched(&self) -> bool {
        let mut live = self.live();
        let is_watched = self.streams() > 0 && !live.is_closed;
        if !is_watched {
            live.position = None;
        }
        is_watched
    }
}
