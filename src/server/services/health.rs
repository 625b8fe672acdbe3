//! Whether this server lives and may be sent requests (draft-inadarei-api-health-check-06), for
//! balancers and supervisors: outside of sessions, limits and the log of requests.

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

/// What does not answer a check in this time is not there.
const PATIENCE: Duration = Duration::from_secs(2);
/// Many probes share what was found out once.
const FRESH: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Pass,
    /// Something is amiss; requests are answered all the same.
    Warn,
    Fail,
}

/// What a probe is answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    pub status: Status,
    /// Why, where no check says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub checks: BTreeMap<String, [Finding; 1]>,
}

/// What a check found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Finding {
    pub status: Status,
    /// What is wrong, for the operator; without secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
}

/// Looks after what the server needs.
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

    /// Whether requests may be sent here.
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
            && at.elapsed() < FRESH
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

    /// Every check there is. What only degrades the service is a `Warn`.
    async fn check(&self) -> Report {
        let mut checks = BTreeMap::new();
        let mut found = |name: &str, finding| checks.insert(name.to_owned(), [finding]);
        match timeout(PATIENCE, self.store.schema()).await {
            Ok(Ok(schema)) => {
                found("database", Finding::pass());
                found("migrations", migrations(schema));
            }
            Ok(Err(error)) => drop(found("database", Finding::of(Status::Fail, cause(&error)))),
            Err(_) => drop(found("database", Finding::of(Status::Fail, "did not answer within 2 seconds".to_owned()))),
        }
        if let Some(redis) = &self.redis {
            checks.insert("redis".to_owned(), [shared(redis)]);
        }
        let status = checks.values().map(|[finding]| finding.status).max().unwrap_or(Status::Pass);
        Report { status, output: None, checks }
    }
}

/// A newer schema is no failure: while instances are upgraded one by one, the old ones serve on.
fn migrations(schema: Schema) -> Finding {
    let Schema { applied, known } = schema;
    if applied == Some(known) {
        return Finding::pass();
    }
    let status = if applied > Some(known) { Status::Warn } else { Status::Fail };
    let applied = applied.map_or("none".to_owned(), |version| version.to_string());
    Finding::of(status, format!("the schema is at {applied}, this version of Rollcall knows {known}"))
}

/// Without Redis the service is poorer, and works.
fn shared(redis: &Redis) -> Finding {
    if redis.is_available() {
        return Finding::pass();
    }
    Finding::of(Status::Warn, "does not answer: each instance goes by itself".to_owned())
}

/// The first line of what lies behind an error.
fn cause(error: &AppError) -> String {
    const LONGEST: usize = 200;
    let text = error.cause().map_or_else(|| error.to_string(), ToString::to_string);
    text.lines().next().unwrap_or_default().chars().take(LONGEST).collect()
}

impl Finding {
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

    /// What is wrong, in one line; empty when nothing is.
    #[must_use]
    pub fn causes(&self) -> String {
        let told =
            self.checks.iter().filter_map(|(name, [finding])| Some(format!("{name}: {}", finding.output.as_ref()?)));
        self.output.clone().into_iter().chain(told).collect::<Vec<_>>().join("; ")
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
        let status = |applied| migrations(Schema { applied, known: 7 }).status;
        assert_eq!(
            [Some(7), Some(8), Some(6), None].map(status),
            [Status::Pass, Status::Warn, Status::Fail, Status::Fail]
        );
        let told = migrations(Schema { applied: Some(6), known: 7 }).output.unwrap();
        assert_eq!(told, "the schema is at 6, this version of Rollcall knows 7");
    }
}
