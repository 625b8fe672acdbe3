//! Redis, which instances share if it is configured. It may be unavailable at any time: every caller has a fallback.

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

/// The interval of pings. A failure is also noticed by the next command; a recovery within this time.
const PING_INTERVAL: Duration = Duration::from_secs(1);

/// How long a command waits for its response.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(500);
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(1);

/// A connection that reconnects by itself, shared by all requests. Cheap to clone.
#[derive(Clone)]
pub struct Redis {
    client: Client,
    manager: ConnectionManager,
    is_available: Arc<AtomicBool>,
    _ping_task: Arc<AbortOnDrop>,
}

impl Redis {
    /// Prepares a lazy connection, so that Rollcall starts even without Redis. Must be called within a runtime.
    ///
    /// # Errors
    /// `Internal` when the URL requires TLS and the system has no trusted certificates.
    pub fn open(url: &RedisUrl) -> Result<Self, AppError> {
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_response_timeout(Some(RESPONSE_TIMEOUT))
            .set_connection_timeout(Some(CONNECTION_TIMEOUT));
        let client = Client::open(url.0.as_str()).map_err(AppError::internal)?;
        let manager = ConnectionManager::new_lazy_with_config(client.clone(), config).map_err(AppError::internal)?;
        let is_available = Arc::new(AtomicBool::new(true));
        let ping_task = tokio::spawn(keep_pinging(manager.clone(), is_available.clone()));
        Ok(Self { client, manager, is_available, _ping_task: Arc::new(AbortOnDrop(ping_task.abort_handle())) })
    }

    /// Runs a command. Returns `None` immediately while Redis is unavailable.
    pub async fn run<T>(&self, command: impl AsyncFnOnce(&mut ConnectionManager) -> RedisResult<T>) -> Option<T> {
        if !self.is_available() {
            return None;
        }
        let result = command(&mut self.manager.clone()).await;
        note(&self.is_available, result.as_ref().err());
        result.ok()
    }

    /// Notifies the listeners of a channel, without a payload.
    pub async fn publish(&self, channel: &str) {
        self.run(async |redis| redis.publish::<_, _, ()>(channel, "").await).await;
    }

    /// Calls `notify_one` for each message on a channel, until the returned guard is dropped.
    #[must_use]
    pub fn listen(&self, channel: &'static str, notify: Arc<Notify>) -> Subscription {
        Subscription(AbortOnDrop(tokio::spawn(listen(self.client.clone(), channel, notify)).abort_handle()))
    }

    /// Whether the last command succeeded.
    #[must_use]
    pub fn is_available(&self) -> bool {
        self.is_available.load(Ordering::Relaxed)
    }
}

/// Checks once whether Redis responds and accepts the credentials.
///
/// # Errors
/// The reason, without the password.
pub async fn ping(url: &RedisUrl) -> anyhow::Result<()> {
    let pinged = async {
        let mut connection = Client::open(url.0.as_str())?.get_multiplexed_async_connection().await?;
        ::redis::cmd("PING").query_async::<()>(&mut connection).await
    };
    Ok(timeout(2 * CONNECTION_TIMEOUT, pinged).await.context("no response within 2 seconds")??)
}

/// Pings Redis regularly, so that its state is known even without commands.
async fn keep_pinging(mut manager: ConnectionManager, is_available: Arc<AtomicBool>) {
    let mut interval = tokio::time::interval(PING_INTERVAL);
    loop {
        interval.tick().await;
        let result: RedisResult<()> = ::redis::cmd("PING").query_async(&mut manager).await;
        note(&is_available, result.as_ref().err());
    }
}

/// Listens on a connection of its own, and reconnects when it is lost.
async fn listen(client: Client, channel: &'static str, notify: Arc<Notify>) {
    let subscribe = async || -> RedisResult<PubSub> {
        let mut connection = client.get_async_pubsub().await?;
        connection.subscribe(channel).await?;
        Ok(connection)
    };
    loop {
        if let Ok(Ok(connection)) = timeout(CONNECTION_TIMEOUT, subscribe()).await {
            // Messages may have been missed while there was no connection.
            notify.notify_one();
            let mut messages = connection.into_on_message();
            while messages.next().await.is_some() {
                notify.notify_one();
            }
        }
        sleep(PING_INTERVAL).await;
    }
}

/// Records the result of a command, and logs each change of availability once.
fn note(is_available: &AtomicBool, error: Option<&::redis::RedisError>) {
    let was_available = is_available.swap(error.is_none(), Ordering::Relaxed);
    match error {
        Some(error) if was_available => {
            tracing::warn!(%error, "Redis does not respond: this instance continues without it");
        }
        None if !was_available => tracing::info!("Redis responds again"),
        _ => {}
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("is_available", &self.is_available()).finish_non_exhaustive()
    }
}

/// A guard that ends the subscription when it is dropped.
#[derive(Debug)]
pub struct Subscription(#[expect(dead_code, reason = "held for its drop")] AbortOnDrop);

/// Aborts a task when it is dropped.
#[derive(Debug)]
struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The URL of Redis. `Debug` hides it, because it may contain a password.
#[derive(Clone)]
pub struct RedisUrl(String);

impl FromStr for RedisUrl {
    type Err = &'static str;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str = "must be a Redis URL, for example redis://HOST:6379/0 or rediss://USER:PASSWORD@HOST/0";
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
