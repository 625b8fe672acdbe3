//! What is looked at now and then, because nothing happens to it that could be counted.

use std::time::Duration;

use metrics::{counter, gauge};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    domain::AppError,
    server::{
        foundation::{
            clock::Clock,
            telemetry::{
                CACHE_ANSWERS, CACHE_BYTES, DATABASE_UP, POOL_CONNECTIONS, POOL_IDLE, POOL_MAX, SESSIONS, STREAMS,
            },
        },
        http::middleware::response_cache::Cache,
        services::change_feed::Feed,
        store::Store,
    },
};

/// Histograms keep each sample until it is drained: as many as there are requests in this time.
const DRAIN_EVERY: Duration = Duration::from_secs(5);
const SAMPLE_EVERY: Duration = Duration::from_secs(15);

/// Keeps memory flat whether anybody scrapes or not.
pub async fn drain(handle: PrometheusHandle) {
    let mut turns = interval(DRAIN_EVERY);
    loop {
        turns.tick().await;
        handle.run_upkeep();
    }
}

/// Asks the database, so that no scrape has to: one that hangs must not hide the rest.
pub async fn of_database(store: &dyn Store, clock: &dyn Clock) {
    let mut turns = interval(SAMPLE_EVERY);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        let sessions = count(store, clock).await;
        gauge!(DATABASE_UP).set(i32::from(sessions.is_ok()));
        match sessions {
            Ok(sessions) => gauge!(SESSIONS).set(sessions),
            Err(error) => tracing::warn!(cause = error.cause(), "cannot count the sessions"),
        }
    }
}

async fn count(store: &dyn Store, clock: &dyn Clock) -> Result<u32, AppError> {
    store.count_sessions(clock.now()?).await
}

pub fn of_pools(store: &dyn Store) {
    for pool in store.pools() {
        gauge!(POOL_CONNECTIONS, "pool" => pool.name).set(pool.open);
        gauge!(POOL_IDLE, "pool" => pool.name).set(pool.idle);
        gauge!(POOL_MAX, "pool" => pool.name).set(pool.max);
    }
}

/// What is kept of answers, and of how much use it is.
pub fn of_cache(cache: &Cache) {
    gauge!(CACHE_BYTES).set(u32::try_from(cache.bytes() >> 10).map_or(f64::MAX, |kib| f64::from(kib) * 1_024.0));
    counter!(CACHE_ANSWERS, "outcome" => "made").absolute(cache.misses());
    counter!(CACHE_ANSWERS, "outcome" => "given").absolute(cache.hits());
}

/// More of them than fit are not told apart.
pub fn of_streams(feed: &Feed) {
    gauge!(STREAMS).set(u32::try_from(feed.streams()).unwrap_or(u32::MAX));
}
