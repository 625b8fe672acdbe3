//! Metrics that are sampled, because no event changes them.

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
                CACHE_BYTES, CACHE_REQUESTS, DATABASE_UP, POOL_CONNECTIONS, POOL_IDLE, POOL_MAX, SESSIONS, STREAMS,
            },
        },
        http::middleware::response_cache::Cache,
        services::change_feed::ChangeFeed,
        store::Store,
    },
};

/// The recorder keeps every histogram sample until it is drained, so this bounds its memory.
const DRAIN_INTERVAL: Duration = Duration::from_secs(5);
const SAMPLE_INTERVAL: Duration = Duration::from_secs(15);

/// Drains the histograms regularly, so that memory stays bounded without scrapes.
pub async fn drain(handle: PrometheusHandle) {
    let mut ticks = interval(DRAIN_INTERVAL);
    loop {
        ticks.tick().await;
        handle.run_upkeep();
    }
}

/// Samples the database in the background: a hanging database must not block scrapes.
pub async fn of_database(store: &dyn Store, clock: &dyn Clock) {
    let mut ticks = interval(SAMPLE_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
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

/// Samples the size, misses and hits of the response cache.
pub fn of_cache(cache: &Cache) {
    gauge!(CACHE_BYTES).set(u32::try_from(cache.bytes() >> 10).map_or(f64::MAX, |kib| f64::from(kib) * 1_024.0));
    counter!(CACHE_REQUESTS, "outcome" => "miss").absolute(cache.misses());
    counter!(CACHE_REQUESTS, "outcome" => "hit").absolute(cache.hits());
}

/// Samples the number of open event streams.
pub fn of_streams(feed: &ChangeFeed) {
    gauge!(STREAMS).set(u32::try_from(feed.streams()).unwrap_or(u32::MAX));
}
