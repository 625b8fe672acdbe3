//! What a database says of itself.

use chrono::TimeDelta;
use std::time::Duration;

use tokio::time::timeout;

use super::finding::Finding;
use crate::{
    domain::{ListEvents, Timestamp},
    server::{
        config::Config,
        foundation::clock::{Clock, SystemClock},
        store::{self, Engine, Examination, Schema, Store},
    },
};

/// A large file takes its time to be read through.
const PATIENCE: Duration = Duration::from_mins(1);
/// So far clocks may be apart: sessions and links live for minutes and more.
const APART: TimeDelta = TimeDelta::seconds(5);

pub async fn look(config: &Config) -> Vec<Finding> {
    let mend = "see that it runs and that --database-url is right: host, name, password";
    match timeout(PATIENCE, store::examine(&config.database_url)).await {
        Ok(Ok(examination)) => findings(config, &examination).await,
        Ok(Err(error)) => {
            let mend =
                if is_file(config) { "is it a database of Rollcall? Else `rollcall restore` a backup" } else { mend };
            vec![Finding::fail("database", format!("cannot be read: {error:#}"), mend)]
        }
        Err(_) => {
            vec![Finding::warn("database", format!("not read through within {} seconds", PATIENCE.as_secs()), mend)]
        }
    }
}

fn is_file(config: &Config) -> bool {
    matches!(store::file(&config.database_url), Ok(Some(_)))
}

async fn findings(config: &Config, examination: &Examination) -> Vec<Finding> {
    let Examination { store, has_schema, engine } = examination;
    let mut findings = match engine {
        Engine::Sqlite { version, damage: None } => {
            vec![Finding::ok("database", format!("SQLite {version}; every page can be read"))]
        }
        Engine::Sqlite { damage: Some(damage), .. } => {
            vec![Finding::fail(
                "database",
                format!("is damaged: {damage}"),
                "stop Rollcall and `rollcall restore` a backup",
            )]
        }
        Engine::Postgres { .. } => server(config, engine),
    };
    findings.push(if *has_schema { migrations(&**store).await } else { none_yet() });
    findings.push(clock(&**store, *has_schema, engine).await);
    findings
}

/// What PostgreSQL has to bring along.
fn server(config: &Config, engine: &Engine) -> Vec<Finding> {
    let Engine::Postgres { version, version_number, has_trigrams, connections, letters, .. } = engine else {
        return Vec::new();
    };
    let wanted = config.database_connections.get();
    let mut findings = vec![Finding::ok("database", format!("PostgreSQL {version}"))];
    if *version_number < 130_000 {
        findings = vec![Finding::fail(
            "database",
            format!("PostgreSQL {version}"),
            "upgrade it: 13 is the oldest that will do",
        )];
    }
    if !has_trigrams {
        let mend = "install PostgreSQL's contrib modules, in Debian part of the package postgresql";
        findings.push(Finding::fail("search", "the extension pg_trgm is not installed", mend));
    }
    if let Some(letters) = letters {
        findings.push(Finding::fail("search", letters, "docs/postgresql.md says how to create it"));
    }
    if i64::from(*connections) < i64::from(wanted) {
        let found = format!("it takes {connections} connections, this instance may want {wanted}");
        findings.push(Finding::warn("connections", found, "raise max_connections, or lower --database-connections"));
    }
    findings
}

fn none_yet() -> Finding {
    Finding::warn(
        "schema",
        "there is none yet",
        "`rollcall migrate` or the first start makes it; it is empty till then",
    )
}

async fn migrations(store: &dyn Store) -> Finding {
    match store.schema().await {
        Ok(Schema { applied, known }) if applied == Some(known) => Finding::ok("schema", format!("version {known}")),
        Ok(Schema { applied, known }) => {
            let is_newer = applied > Some(known);
            let applied = applied.map_or_else(|| "none".to_owned(), |version| version.to_string());
            let found = format!("version {applied}, this rollcall knows {known}");
            if is_newer {
                Finding::fail("schema", found, "start the rollcall that made it, or a newer one")
            } else {
                Finding::warn(
                    "schema",
                    found,
                    "take a backup; then `rollcall migrate` or the next start brings it up to date",
                )
            }
        }
        Err(error) => Finding::fail("schema", cause(&error), "is it a database of Rollcall? See --database-url"),
    }
}

/// Ours against the database's, and against the last thing that happened.
async fn clock(store: &dyn Store, has_schema: bool, engine: &Engine) -> Finding {
    let mend = "set the clocks by NTP (timedatectl): sessions, links and the audit trail go by them";
    if let Engine::Postgres { clock_ahead, .. } = engine
        && clock_ahead.abs() > APART
    {
        let (seconds, side) =
            (clock_ahead.abs().num_seconds(), if *clock_ahead < TimeDelta::zero() { "behind" } else { "ahead of" });
        return Finding::warn("clock", format!("PostgreSQL's is {seconds} seconds {side} ours"), mend);
    }
    let Ok(now) = SystemClock.now() else { return Finding::fail("clock", "is out of range", mend) };
    let latest = if has_schema { latest(store).await } else { None };
    match latest {
        Some(at) if at > now.plus(APART) => {
            let found = format!("it is {now}, before the last thing that happened, at {at}");
            Finding::warn("clock", found, mend)
        }
        _ => Finding::ok("clock", now.to_string()),
    }
}

async fn latest(store: &dyn Store) -> Option<Timestamp> {
    let events = store.events(&ListEvents { per_page: 1, ..ListEvents::default() }, false).await.ok()?;
    events.first().map(|event| event.at)
}

fn cause(error: &crate::domain::AppError) -> String {
    error.cause().map_or_else(|| error.to_string(), ToString::to_string)
}
