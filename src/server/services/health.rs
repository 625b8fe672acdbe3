//! Liveness and readiness checks (draft-inadarei-api-health-check-06) for load balancers and supervisors.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use crate::{
    domain::AppError,
    server::{
        foundation::{
            lifecycle::{Lifecycle, Phase},
            redis::Redis,
        },
        store::{Schema, Store},
    },
};

/// The timeout of a check.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a report is cached, so that many probes share one check.
const CACHE_DURATION: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Pass,
    /// Degraded: requests are still answered.
    Warn,
    Fail,
}

/// The response to a probe.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    pub status: Status,
    /// The reason, if no check gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub checks: BTreeMap<String, [Check; 1]>,
}

/// The result of one check.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Check {
    pub status: Status,
    /// The failure, for the operator; it contains no secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
}

/// Checks the services that the server depends on.
#[derive(Clone)]
pub struct Health {
    store: Arc<dyn Store>,
    redis: Option<Redis>,
    lifecycle: Lifecycle,
    latest: Arc<Mutex<Option<(Instant, Report)>>>,
}

impl Health {
    #[must_use]
    pub fn new(store: Arc<dyn Store>, redis: Option<Redis>, lifecycle: Lifecycle) -> Self {
        Self { store, redis, lifecycle, latest: Arc::default() }
    }

    /// Readiness: whether a load balancer may send requests here.
    pub async fn ready(&self) -> Report {
        match self.lifecycle.phase() {
            Phase::Starting => Report::of(Status::Fail, Some("starting")),
            Phase::Ready => self.report().await,
            Phase::ShuttingDown | Phase::Draining => Report::of(Status::Fail, Some("shutting down")),
        }
    }

    async fn report(&self) -> Report {
        let mut latest = self.latest.lock().await;
        if let Some((at, report)) = latest.as_ref()
            && at.elapsed() < CACHE_DURATION
        {
            return report.clone();
        }
        let report = self.check().await;
        let before = latest.as_ref().map_or(Status::Pass, |(_, before)| before.status);
        if report.status != before {
            tracing::warn!(status = ?report.status, causes = report.causes(), "the health of this server changed");
        }
        *latest = Some((Instant::now(), report.clone()));
        report
    }

    /// Runs all checks. A failure that only degrades the service is a `Warn`.
    async fn check(&self) -> Report {
        let mut checks = BTreeMap::new();
        let mut found = |name: &str, check| checks.insert(name.to_owned(), [check]);
        match timeout(CHECK_TIMEOUT, self.store.schema()).await {
            Ok(Ok(schema)) => {
                found("database", Check::pass());
                found("migrations", schema_check(schema));
            }
            Ok(Err(error)) => drop(found("database", Check::of(Status::Fail, cause(&error)))),
            Err(_) => drop(found("database", Check::of(Status::Fail, "did not respond within 2 seconds".to_owned()))),
        }
        if let Some(redis) = &self.redis {
            checks.insert("redis".to_owned(), [redis_check(redis)]);
        }
        let status = checks.values().map(|[check]| check.status).max().unwrap_or(Status::Pass);
        Report { status, output: None, checks }
    }
}

/// A newer schema is no failure: old instances keep serving during a rolling upgrade.
fn schema_check(schema: Schema) -> Check {
    let Schema { applied, known } = schema;
    if applied == Some(known) {
        return Check::pass();
    }
    let status = if applied > Some(known) { Status::Warn } else { Status::Fail };
    let applied = applied.map_or("none".to_owned(), |version| version.to_string());
    Check::of(status, format!("the schema has version {applied}, and this release of Rollcall expects version {known}"))
}

/// A failure of Redis only degrades the service.
fn redis_check(redis: &Redis) -> Check {
    if redis.is_available() {
        return Check::pass();
    }
    Check::of(Status::Warn, "does not respond: each instance works on its own".to_owned())
}

/// The first line of an error's cause.
fn cause(error: &AppError) -> String {
    const MAX_CHARS: usize = 200;
    let text = error.cause().map_or_else(|| error.to_string(), ToString::to_string);
    text.lines().next().unwrap_or_default().chars().take(MAX_CHARS).collect()
}

impl Check {
    fn pass() -> Self {
        Self { status: Status::Pass, output: None }
    }

    fn of(status: Status, output: String) -> Self {
        Self { status, output: Some(output) }
    }
}

impl Report {
    /// A report without checks.
    #[must_use]
    pub fn of(status: Status, output: Option<&str>) -> Self {
        Self { status, output: output.map(str::to_owned), checks: BTreeMap::new() }
    }

    /// All failures in one line; empty if there are none.
    #[must_use]
    pub fn causes(&self) -> String {
        let failures =
            self.checks.iter().filter_map(|(name, [check])| Some(format!("{name}: {}", check.output.as_ref()?)));
        self.output.clone().into_iter().chain(failures).collect::<Vec<_>>().join("; ")
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health").field("lifecycle", &self.lifecycle).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_schema_fails_and_a_newer_one_is_served_with_a_warning() {
        let status = |applied| schema_check(Schema { applied, known: 7 }).status;
        assert_eq!(
            [Some(7), Some(8), Some(6), None].map(status),
            [Status::Pass, Status::Warn, Status::Fail, Status::Fail]
        );
        let output = schema_check(Schema { applied: Some(6), known: 7 }).output.unwrap();
        assert_eq!(output, "the schema has version 6, and this release of Rollcall expects version 7");
    }
}
