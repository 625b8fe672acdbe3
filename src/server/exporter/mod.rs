//! The Prometheus exporter, on a listener of its own. Without that listener nothing is recorded.

mod samples;

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use axum::{Router, http::header, middleware::from_fn, routing::get};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;
use tokio::net::TcpListener;

use super::{
    foundation::{
        clock::Clock,
        redis::Redis,
        telemetry::{
            BUILD, CACHE_BYTES, CACHE_REQUESTS, COLLISIONS, CONNECTIONS, DATABASE_UP, DRAINING, DURATION, IN_FLIGHT,
            MAINTENANCE_LAST_SUCCESS, MAINTENANCE_RUNS, OUTDATED, PASSWORD_CHECKS, POOL_CONNECTIONS, POOL_IDLE,
            POOL_MAX, POOL_TIMEOUTS, RATE_LIMITED, REDIS_UP, REQUESTS, SESSIONS, SHED, STREAMS,
        },
    },
    http::middleware::{options_method, response_cache::Cache},
    services::change_feed::ChangeFeed,
    store::Store,
};

/// The histogram buckets in seconds, fine enough to distinguish 5 ms from 7.5 ms.
const BUCKETS: [f64; 16] =
    [0.0005, 0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// The metrics listener and the recorder.
pub struct Exporter {
    pub listener: TcpListener,
    pub address: SocketAddr,
    handle: PrometheusHandle,
}

impl Exporter {
    /// Binds the listener and installs the recorder.
    ///
    /// # Errors
    /// When the address cannot be bound, or a recorder is installed already.
    pub async fn start(address: SocketAddr) -> anyhow::Result<Self> {
        let listener =
            TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address} for metrics"))?;
        let address = listener.local_addr()?;
        let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BUCKETS)?;
        let handle = builder.install_recorder()?;
        describe();
        initialize();
        Ok(Self { listener, address, handle })
    }

    /// The routes of the metrics listener.
    pub fn router(&self, store: &Arc<dyn Store>, redis: Option<&Redis>, feed: &ChangeFeed, cache: &Cache) -> Router {
        let (handle, process) = (self.handle.clone(), Collector::default());
        let (store, redis, feed, cache) = (store.clone(), redis.cloned(), feed.clone(), cache.clone());
        process.describe();
        let scrape = move || {
            process.collect();
            samples::of_pools(store.as_ref());
            samples::of_streams(&feed);
            samples::of_cache(&cache);
            if let Some(redis) = &redis {
                gauge!(REDIS_UP).set(i32::from(redis.is_available()));
            }
            let text = handle.render();
            async { ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text) }
        };
        Router::new().route("/metrics", get(scrape)).layer(from_fn(options_method::answer))
    }

    /// Samples the database and drains histograms, forever.
    pub fn sample(&self, store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> impl Future<Output = ()> + use<> {
        let drained = samples::drain(self.handle.clone());
        async move {
            tokio::join!(drained, samples::of_database(store.as_ref(), clock.as_ref()));
        }
    }
}

fn describe() {
    describe_counter!(REQUESTS, "Requests by method, route and status");
    describe_histogram!(DURATION, "Seconds from request head to response head, by method and route");
    describe_gauge!(IN_FLIGHT, "Requests whose response is not completely sent");
    describe_gauge!(CONNECTIONS, "Open client connections, by listener");
    describe_gauge!(BUILD, "1, labelled with the version of Rollcall");
    describe_gauge!(DRAINING, "1 during shutdown");
    describe_gauge!(DATABASE_UP, "1 if the database responds");
    describe_gauge!(POOL_CONNECTIONS, "Open connections to the database, by pool");
    describe_gauge!(POOL_IDLE, "Idle connections to the database, by pool");
    describe_gauge!(POOL_MAX, "Maximum number of connections of a pool");
    describe_counter!(POOL_TIMEOUTS, "Requests that timed out waiting for a database connection");
    describe_gauge!(REDIS_UP, "1 if Redis responds; only if Redis is configured");
    describe_gauge!(SESSIONS, "Sessions of signed-in people, counted every 15 seconds");
    describe_counter!(PASSWORD_CHECKS, "Password checks, by outcome");
    describe_counter!(RATE_LIMITED, "Requests refused by the rate limit");
    describe_counter!(SHED, "Requests refused by load shedding");
    describe_gauge!(CACHE_BYTES, "Size of the response cache in bytes");
    describe_counter!(CACHE_REQUESTS, "Requests for cacheable responses, by outcome: hit or miss");
    describe_gauge!(STREAMS, "Open event streams");
    describe_gauge!(OUTDATED, "Users whose derived columns are not yet rebuilt for the current folding");
    describe_gauge!(COLLISIONS, "Users whose address equals that of another user by the current folding");
    describe_counter!(MAINTENANCE_RUNS, "Maintenance runs, by outcome");
    describe_gauge!(MAINTENANCE_LAST_SUCCESS, "Time of the last successful maintenance run, or of process start");
}

/// Initializes counters with zero: Prometheus needs a first value to compute rates.
fn initialize() {
    gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1);
    for name in [IN_FLIGHT, DRAINING, OUTDATED, COLLISIONS] {
        gauge!(name).set(0);
    }
    for name in [POOL_TIMEOUTS, RATE_LIMITED, SHED] {
        counter!(name).absolute(0);
    }
    for outcome in ["right", "wrong", "throttled"] {
        counter!(PASSWORD_CHECKS, "outcome" => outcome).absolute(0);
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    gauge!(MAINTENANCE_LAST_SUCCESS).set(now);
    for outcome in ["success", "failure"] {
        counter!(MAINTENANCE_RUNS, "outcome" => outcome).absolute(0);
    }
}
