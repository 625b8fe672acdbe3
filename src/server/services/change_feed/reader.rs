//! The reader of the audit trail: one task, which runs while there are streams.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep, timeout};

use super::{
    ChangeFeed, REDIS_CHANNEL,
    batch::{EventBatch, Item, MAX_BATCHES_BEHIND},
};
use crate::{
    domain::{AppError, Cause},
    server::store::Position,
};

/// The poll interval, for changes without a notification: those of other processes without Redis.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// The interval of keep-alive messages.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(15);
/// The timeout of a query, after which it is retried.
const QUERY_TIMEOUT: Duration = Duration::from_secs(10);
/// The delay between two batches for each open stream: with more streams, batches become larger and fewer.
const DELAY_PER_STREAM: Duration = Duration::from_micros(10);

pub async fn run(feed: ChangeFeed, position: Position) {
    let _listening = feed.0.redis.as_ref().map(|redis| redis.listen(REDIS_CHANNEL, feed.0.wake.clone()));
    let mut reader = Reader { feed, position, behind: 0, is_failing: false };
    let mut last_heartbeat = Instant::now();
    while reader.feed.has_streams() {
        if !reader.read_batch().await {
            let _ = timeout(POLL_INTERVAL, reader.feed.0.wake.notified()).await;
        }
        if last_heartbeat.elapsed() >= HEARTBEAT_INTERVAL {
            reader.broadcast(Item::Heartbeat(reader.position));
            last_heartbeat = Instant::now();
        }
        sleep(DELAY_PER_STREAM.saturating_mul(u32::try_from(reader.feed.streams()).unwrap_or(u32::MAX))).await;
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
    async fn read_batch(&mut self) -> bool {
        let reading = EventBatch::after(self.feed.0.store.as_ref(), self.position);
        let late = |_| Err(AppError::Unavailable(Cause::new("the database does not respond")));
        let batch = timeout(QUERY_TIMEOUT, reading).await.unwrap_or_else(late);
        self.log_failure(batch.as_ref().err());
        let Ok(Some(batch)) = batch else {
            self.behind = 0;
            return false;
        };
        let is_full = batch.is_full;
        self.behind = if is_full { self.behind + 1 } else { 0 };
        if self.behind > MAX_BATCHES_BEHIND {
            return self.skip_to_end().await;
        }
        self.position = batch.position;
        self.broadcast(Item::Batch(batch));
        is_full
    }

    /// Skips to the end of the trail and tells all clients to reload the list.
    async fn skip_to_end(&mut self) -> bool {
        if let Ok(end) = self.feed.0.store.end_of_trail().await {
            self.position = end.max(self.position);
            self.behind = 0;
            self.broadcast(Item::Reload(self.position));
        }
        true
    }

    fn broadcast(&self, item: Item) {
        let mut live = self.feed.live();
        live.position = Some(self.position);
        let is_empty = matches!(&item, Item::Batch(batch) if batch.is_empty());
        if !is_empty {
            let _ = self.feed.0.channel.send(Arc::new(item));
        }
    }

    /// Logs the first failure to read the trail, and the recovery.
    fn log_failure(&mut self, error: Option<&AppError>) {
        let is_closed = self.feed.live().is_closed;
        match error {
            Some(error) if !self.is_failing && !is_closed => {
                tracing::warn!(cause = error.cause(), "the audit trail cannot be read: live updates are delayed");
            }
            None if self.is_failing => tracing::info!("the audit trail can be read again: live updates continue"),
            _ => {}
        }
        self.is_failing = error.is_some();
    }
}

impl ChangeFeed {
    /// Whether there are streams; the reader ends with the last one.
    fn has_streams(&self) -> bool {
        let mut live = self.live();
        let has_streams = self.streams() > 0 && !live.is_closed;
        if !has_streams {
            live.position = None;
        }
        has_streams
    }
}
