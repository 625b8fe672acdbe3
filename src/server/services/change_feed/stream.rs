//! The stream of one client (HTML standard, 9.2 server-sent events).

use std::{
    convert::Infallible,
    fmt,
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use bytes::Bytes;
use chrono::TimeDelta;
use futures::stream;
use tokio::sync::{OwnedSemaphorePermit, broadcast::error::RecvError};

use super::{
    ChangeFeed, Subscription,
    authorization::StreamAuthorization,
    batch::{EventBatch, Item, MAX_BATCHES_BEHIND},
};
use crate::{
    domain::{AppError, Timestamp},
    server::{foundation::limits::EVENT_STREAM_MAX_DURATION, store::Position},
};

pub struct Stream {
    feed: ChangeFeed,
    subscription: Subscription,
    /// The position of the last event sent.
    position: Position,
    authorization: StreamAuthorization,
    until: Timestamp,
    stage: Stage,
    _permit: OwnedSemaphorePermit,
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    Opening {
        /// Whether the client's last position is not, or no longer, in the trail.
        is_lost: bool,
    },
    /// Catches up on events before the subscription; the number of batches read.
    Behind(u32),
    Live,
    Over,
}

impl Stream {
    /// # Errors
    /// `Unauthorized`, `Unavailable`, `Internal`.
    pub async fn open(
        feed: ChangeFeed,
        authorization: StreamAuthorization,
        last: Option<&str>,
    ) -> Result<Self, AppError> {
        let permit = feed.acquire_permit()?;
        // Subscribes before it queries, so that no event in between is missed.
        let subscription = feed.subscribe().await?;
        let jitter = TimeDelta::seconds(i64::from(random_below(300)));
        let until =
            authorization.valid_until(&feed, feed.0.clock.now()?.plus(EVENT_STREAM_MAX_DURATION - jitter)).await?;
        let known = match last.map(str::parse::<Position>) {
            Some(Ok(last)) if last == subscription.position || feed.0.store.is_in_trail(last).await? => Some(last),
            _ => None,
        };
        let stage = Stage::Opening { is_lost: last.is_some() && known.is_none() };
        let position = known.unwrap_or(subscription.position);
        Ok(Self { feed, subscription, position, authorization, until, stage, _permit: permit })
    }

    pub fn into_chunks(self) -> impl futures::Stream<Item = Result<Bytes, Infallible>> {
        // An async closure would store its argument twice while it waits.
        stream::unfold(self, |mut stream| async move {
            let chunk = stream.next().await?;
            Some((Ok(chunk), stream))
        })
    }

    /// Waits for the next chunk; `None` at the end.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            let chunk = match self.stage {
                Stage::Opening { is_lost } => self.opening(is_lost),
                // Boxed, because rare futures would enlarge every waiting stream.
                Stage::Behind(batches) => Box::pin(self.catch_up(batches)).await,
                Stage::Live => self.listen().await,
                Stage::Over => return None,
            };
            if !chunk.is_empty() {
                return Some(chunk);
            }
        }
    }

    fn opening(&mut self, is_lost: bool) -> Bytes {
        // Jitter, so that not all clients reconnect at once.
        let retry = 2_000 + random_below(2_000);
        let hello = format!("retry: {retry}\n{}", message("hello", Some(self.position)));
        let reload = if is_lost { message("reload", Some(self.position)) } else { String::new() };
        self.stage = if self.position < self.subscription.position { Stage::Behind(0) } else { Stage::Live };
        (hello + &reload).into()
    }

    /// Reads from the client's last position at least up to the subscription.
    async fn catch_up(&mut self, batches: u32) -> Bytes {
        match EventBatch::after(self.feed.0.store.as_ref(), self.position).await {
            Ok(None) => {
                self.stage = Stage::Live;
                Bytes::new()
            }
            Ok(Some(_)) if batches == MAX_BATCHES_BEHIND => self.reload().await,
            Ok(Some(batch)) => {
                let text = batch.text_after(self.position);
                self.position = batch.position;
                self.stage = Stage::Behind(batches + 1);
                text
            }
            // The client reconnects and continues from its last position.
            Err(_) => self.end(),
        }
    }

    async fn listen(&mut self) -> Bytes {
        let item = match self.subscription.items.recv().await {
            Ok(item) => item,
            Err(RecvError::Lagged(_)) => return Box::pin(self.reload()).await,
            Err(RecvError::Closed) => return self.close(),
        };
        if !self.is_still_authorized(self.authorization.may_be_revoked_by(&item)).await {
            return self.close();
        }
        self.encode(&item)
    }

    fn encode(&mut self, item: &Arc<Item>) -> Bytes {
        match item.as_ref() {
            Item::Batch(batch) => {
                let text = batch.text_after(self.position);
                self.position = self.position.max(batch.position);
                text
            }
            Item::Heartbeat(position) => {
                self.position = self.position.max(*position);
                format!(": heartbeat\nid: {}\n\n", self.position).into()
            }
            Item::Reload(position) => {
                self.position = self.position.max(*position);
                message("reload", Some(self.position)).into()
            }
            Item::End => self.close(),
        }
    }

    /// Skips events that were dropped from the channel or are too many, and tells the client to reload the list.
    async fn reload(&mut self) -> Bytes {
        self.subscription = self.feed.subscribe_again(self.position);
        self.position = self.subscription.position;
        self.stage = Stage::Live;
        if self.is_still_authorized(true).await { message("reload", Some(self.position)).into() } else { self.close() }
    }

    /// Checks the authorization. `is_doubtful`: an event may have revoked it.
    async fn is_still_authorized(&mut self, is_doubtful: bool) -> bool {
        if is_doubtful {
            match self.authorization.valid_until(&self.feed, self.until).await {
                Ok(until) => self.until = until,
                Err(_) => return false,
            }
        }
        self.feed.0.clock.now().is_ok_and(|now| now < self.until)
    }

    fn close(&mut self) -> Bytes {
        self.end();
        message("bye", None).into()
    }

    fn end(&mut self) -> Bytes {
        self.stage = Stage::Over;
        Bytes::new()
    }
}

/// A message about the stream itself. Without data the client would not dispatch it.
fn message(event: &str, position: Option<Position>) -> String {
    let id = position.map(|position| format!("id: {position}\n")).unwrap_or_default();
    format!("{id}event: {event}\ndata: {{}}\n\n")
}

/// A cheap source of jitter, not cryptographically secure.
fn random_below(limit: u32) -> u32 {
    u32::try_from(RandomState::new().hash_one(()) % u64::from(limit.max(1))).unwrap_or_default()
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("stage", &self.stage).finish_non_exhaustive()
    }
}
