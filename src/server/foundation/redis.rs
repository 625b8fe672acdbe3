//! Redis, where it is set: what instances share beside their database. It may go away and come back;
//! whoever asks it has something to fall back on.

use std::{
    fmt,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use ::redis::{
    AsyncCommands, Client, IntoConnectionInfo, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig, PubSub},
};
use anyhow::Context;
use futures::StreamExt;
use tokio::{
    sync::Notify,
    task::AbortHandle,
    time::{sleep, timeout},
};

use crate::domain::AppError;

/// How often it is asked whether it is there: what goes away is noticed by whoever asks, what comes
/// back within this time.
const PING_EVERY: Duration = Duration::from_secs(1);

/// Longer than this nobody waits for an answer.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(500);
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(1);

/// A connection that mends itself, shared by all requests. Cheap to clone.
#[derive(Clone)]
pub struct Redis {
    client: Client,
    manager: ConnectionManager,
    is_there: Arc<AtomicBool>,
    _watch: Arc<Watch>,
}

impl Redis {
    /// Connects when it is first asked, so that Rollcall starts without it, too. Within a runtime.
    ///
    /// # Errors
    /// `Internal` when the system has no certificates to trust, for an address with TLS.
    pub fn open(url: &RedisUrl) -> Result<Self, AppError> {
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_response_timeout(Some(RESPONSE_TIMEOUT))
            .set_connection_timeout(Some(CONNECTION_TIMEOUT));
        let client = Client::open(url.0.as_str()).map_err(AppError::internal)?;
        let manager = ConnectionManager::new_lazy_with_config(client.clone(), config).map_err(AppError::internal)?;
        let is_there = Arc::new(AtomicBool::new(true));
        let watch = tokio::spawn(watch(manager.clone(), is_there.clone()));
        Ok(Self { client, manager, is_there, _watch: Arc::new(Watch(watch.abort_handle())) })
    }

    /// What Redis answers; `None` while it is away, at once.
    pub async fn ask<T>(&self, question: impl AsyncFnOnce(&mut ConnectionManager) -> RedisResult<T>) -> Option<T> {
        if !self.is_there() {
            return None;
        }
        let answer = question(&mut self.manager.clone()).await;
        note(&self.is_there, answer.as_ref().err());
        answer.ok()
    }

    /// Tells all who listen on a channel that there is something; what, they find out themselves.
    pub async fn publish(&self, channel: &str) {
        self.ask(async |redis| redis.publish::<_, _, ()>(channel, "").await).await;
    }

    /// Rings whenever somebody publishes on a channel, for as long as what is returned is kept.
    #[must_use]
    pub fn listen(&self, channel: &'static str, bell: Arc<Notify>) -> Listening {
        Listening(Watch(tokio::spawn(listen(self.client.clone(), channel, bell)).abort_handle()))
    }

    /// Whether it answered when it was last asked.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.is_there.load(Ordering::Relaxed)
    }
}

/// Asks once whether Redis is there and lets us in.
///
/// # Errors
/// Why not, for the operator; without the password.
pub async fn ping(url: &RedisUrl) -> anyhow::Result<()> {
    let asked = async {
        let mut connection = Client::open(url.0.as_str())?.get_multiplexed_async_connection().await?;
        ::redis::cmd("PING").query_async::<()>(&mut connection).await
    };
    Ok(timeout(2 * CONNECTION_TIMEOUT, asked).await.context("no answer within 2 seconds")??)
}

/// Keeps asking, also while nobody else does.
async fn watch(mut manager: ConnectionManager, is_there: Arc<AtomicBool>) {
    let mut turns = tokio::time::interval(PING_EVERY);
    loop {
        turns.tick().await;
        let answer: RedisResult<()> = ::redis::cmd("PING").query_async(&mut manager).await;
        note(&is_there, answer.as_ref().err());
    }
}

/// On a connection of its own, and when that is lost on another.
async fn listen(client: Client, channel: &'static str, bell: Arc<Notify>) {
    let subscribe = async || -> RedisResult<PubSub> {
        let mut connection = client.get_async_pubsub().await?;
        connection.subscribe(channel).await?;
        Ok(connection)
    };
    loop {
        if let Ok(Ok(connection)) = timeout(CONNECTION_TIMEOUT, subscribe()).await {
            // What was said before was not heard.
            bell.notify_one();
            let mut said = connection.into_on_message();
            while said.next().await.is_some() {
                bell.notify_one();
            }
        }
        sleep(PING_EVERY).await;
    }
}

/// Logs that it went away or came back, each once.
fn note(is_there: &AtomicBool, error: Option<&::redis::RedisError>) {
    let was_there = is_there.swap(error.is_none(), Ordering::Relaxed);
    match error {
        Some(error) if was_there => {
            tracing::warn!(%error, "Redis does not answer: until it does, each instance goes by itself");
        }
        None if !was_there => tracing::info!("Redis answers again"),
        _ => {}
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("is_there", &self.is_there()).finish_non_exhaustive()
    }
}

/// Somebody listens until this is dropped.
#[derive(Debug)]
pub struct Listening(#[expect(dead_code, reason = "held for its end")] Watch);

/// Ends a task with the last who needed it.
#[derive(Debug)]
struct Watch(AbortHandle);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Where Redis is. Does not print: it may hold a password.
#[derive(Clone)]
pub struct RedisUrl(String);

impl FromStr for RedisUrl {
    type Err = &'static str;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str = "must be an address of Redis, as in redis://HOST:6379/0 or rediss://USER:PASSWORD@HOST/0";
        match url.into_connection_info() {
            Ok(_) => Ok(Self(url.to_owned())),
            Err(_) => Err(SHAPE),
        }
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("redis:…")
    }
}
