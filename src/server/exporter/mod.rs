//! What Prometheus is told: on a listener of its own, never beside the pages. Without that listener
//! nothing records, and counting costs nothing.

mod samples;

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use axum::{Router, http::header, routing::get};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;
use tokio::net::TcpListener;

use super::{
    foundation::{
        clock::Clock,
        redis::Redis,
        telemetry::{
            BUILD, CACHE_ANSWERS, CACHE_BYTES, CONNECTIONS, DATABASE_UP, DRAINING, DURATION, IN_FLIGHT,
            PASSWORD_CHECKS, POOL_CONNECTIONS, POOL_IDLE, POOL_MAX, POOL_TIMEOUTS, RATE_LIMITED, REDIS_UP, REQUESTS,
            SESSIONS, SHED, STREAMS, UPKEEP, UPKEEP_SUCCESS,
        },
    },
    http::middleware::response_cache::Cache,
    services::change_feed::Feed,
    store::Store,
};

/// In seconds; close enough together that 5 ms and 7.5 ms are told apart.
const BUCKETS: [f64; 16] =
    [0.0005, 0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Where Prometheus asks, and what it is told there.
pub struct Exporter {
    pub listener: TcpListener,
    pub address: SocketAddr,
    handle: PrometheusHandle,
}

impl Exporter {
    /// Listens, and records from now on.
    ///
    /// # Errors
    /// When the address cannot be listened on, or this process records already.
    pub async fn start(address: SocketAddr) -> anyhow::Result<Self> {
        let listener =
            TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address} for metrics"))?;
        let address = listener.local_addr()?;
        let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BUCKETS)?;
        let handle = builder.install_recorder()?;
        describe();
        begin();
        Ok(Self { listener, address, handle })
    }

    /// What this listener serves.
    pub fn router(&self, store: &Arc<dyn Store>, redis: Option<&Redis>, feed: &Feed, cache: &Cache) -> Router {
        let (handle, process) = (self.handle.clone(), Collector::default());
        let (store, redis, feed, cache) = (store.clone(), redis.cloned(), feed.clone(), cache.clone());
        process.describe();
        let scrape = move || {
            process.collect();
            samples::of_pools(store.as_ref());
            samples::of_streams(&feed);
            samples::of_cache(&cache);
            if let Some(redis) = &redis {
                gauge!(REDIS_UP).set(i32::from(redis.is_there()));
            }
            let text = handle.render();
            async { ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text) }
        };
        Router::new().route("/metrics", get(scrape))
    }

    /// What has to be done beside serving; never ends.
    pub fn keep(&self, store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> impl Future<Output = ()> + use<> {
        let drained = samples::drain(self.handle.clone());
        async move {
            tokio::join!(drained, samples::of_database(store.as_ref(), clock.as_ref()));
        }
    }
}

fn describe() {
    describe_counter!(REQUESTS, "Requests that were answered, by method, route and status");
    describe_histogram!(DURATION, "Seconds from the head of a request to that of its answer, by method and route");
    describe_gauge!(IN_FLIGHT, "Requests whose answer has not been handed over whole");
    describe_gauge!(CONNECTIONS, "Open connections of clients, by listener");
    describe_gauge!(BUILD, "1, with the version of Rollcall");
    describe_gauge!(DRAINING, "1 while the server, told to stop, finishes what runs");
    describe_gauge!(DATABASE_UP, "1 while the database answers");
    describe_gauge!(POOL_CONNECTIONS, "Open connections to the database, by pool");
    describe_gauge!(POOL_IDLE, "Connections to the database that nobody uses, by pool");
    describe_gauge!(POOL_MAX, "How many connections a pool may open");
    describe_counter!(POOL_TIMEOUTS, "Requests that waited for a connection to the database in vain");
    describe_gauge!(REDIS_UP, "1 while Redis answers, where it is set");
    describe_gauge!(SESSIONS, "Sessions of signed-in people, counted each 15 seconds");
    describe_counter!(PASSWORD_CHECKS, "Passwords sent, by what came of them");
    describe_counter!(RATE_LIMITED, "Requests refused by the rate limit");
    describe_counter!(SHED, "Requests refused because there was too much to do already");
    describe_gauge!(CACHE_BYTES, "Bytes of answers that are kept");
    describe_counter!(CACHE_ANSWERS, "Answers that may be kept: made anew, or given again");
    describe_gauge!(STREAMS, "Open event streams");
    describe_counter!(UPKEEP, "Runs of upkeep, by outcome");
    describe_gauge!(UPKEEP_SUCCESS, "When upkeep last succeeded, or the process began");
}

/// What has not happened yet is zero, and not missing: a rate needs something to begin from.
fn begin() {
    gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1);
    for name in [IN_FLIGHT, DRAINING] {
        gauge!(name).set(0);
    }
    for name in [POOL_TIMEOUTS, RATE_LIMITED, SHED] {
        counter!(name).absolute(0);
    }
    for outcome in ["right", "wrong", "throttled"] {
        counter!(PASSWORD_CHECKS, "outcome" => outcome).absolute(0);
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    gauge!(UPKEEP_SUCCESS).set(now);
    for outcome in ["success", "failure"] {
        counter!(UPKEEP, "outcome" => outcome).absolute(0);
    }
}
