//! Checks of the database: its health, schema and clock.

use chrono::TimeDelta;
use std::time::Duration;

use tokio::time::timeout;

use super::finding::Finding;
use crate::{
    domain::{AppError, FOLDING, ListEvents, Timestamp},
    server::{
        commands::exit_code::with_causes,
        config::Config,
        foundation::clock::{Clock, SystemClock},
        services::derived_columns::{Collision, collisions},
        store::{self, Engine, Examination, Schema, Store},
    },
};

/// How long the examination may take: a large file takes time to read.
const TIMEOUT: Duration = Duration::from_mins(1);
/// The tolerated difference between clocks: sessions and links live for minutes or longer.
const MAX_CLOCK_SKEW: TimeDelta = TimeDelta::seconds(5);
/// How many colliding addresses are listed.
const MAX_COLLISIONS: usize = 100;

pub async fn check(config: &Config) -> Vec<Finding> {
    let fix = "make sure that it is running and that --database-url is correct: host, name, password";
    match timeout(TIMEOUT, store::examine(&config.database_url)).await {
        Ok(Ok(examination)) => findings(config, &examination).await,
        Ok(Err(error)) => {
            let fix = if is_file(config) {
                "check that it is a Rollcall database, or restore a backup with `rollcall restore`"
            } else {
                fix
            };
            vec![Finding::fail("database", format!("cannot be read: {}", with_causes(&error)), fix)]
        }
        Err(_) => {
            vec![Finding::warn(
                "database",
                format!("the check did not finish within {} seconds", TIMEOUT.as_secs()),
                fix,
            )]
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
            vec![Finding::ok("database", format!("SQLite {version}; all pages are readable"))]
        }
        Engine::Sqlite { damage: Some(damage), .. } => {
            vec![Finding::fail(
                "database",
                format!("is damaged: {damage}"),
                "stop Rollcall and restore a backup with `rollcall restore`",
            )]
        }
        Engine::Postgres { .. } => server(config, engine),
    };
    findings.push(if *has_schema { migrations(&**store).await } else { no_schema() });
    if *has_schema && store.schema().await.is_ok_and(|schema| schema.applied >= Some(schema.known)) {
        findings.extend(folding(&**store).await);
    }
    findings.push(clock(&**store, *has_schema, engine).await);
    findings
}

/// Checks the version, extensions and limits of PostgreSQL.
fn server(config: &Config, engine: &Engine) -> Vec<Finding> {
    let Engine::Postgres { version, version_number, has_trigrams, connections, letters, .. } = engine else {
        return Vec::new();
    };
    let wanted = config.database_connections.get();
    let mut findings = vec![Finding::ok("database", format!("PostgreSQL {version}"))];
    if *version_number < 130_000 {
        findings =
            vec![Finding::fail("database", format!("PostgreSQL {version}"), "upgrade to PostgreSQL 13 or newer")];
    }
    if !has_trigrams {
        let fix = "install PostgreSQL's contrib modules (in Debian, part of the package postgresql)";
        findings.push(Finding::fail("search", "the extension pg_trgm is not installed", fix));
    }
    if let Some(letters) = letters {
        findings.push(Finding::fail(
            "search",
            letters,
            "create the database as described in docs/administration/postgresql.md",
        ));
    }
    if i64::from(*connections) < i64::from(wanted) {
        let found = format!("it allows {connections} connections, but this instance may open {wanted}");
        findings.push(Finding::warn("connections", found, "raise max_connections, or lower --database-connections"));
    }
    findings
}

fn no_schema() -> Finding {
    Finding::warn("schema", "there is no schema yet", "run `rollcall migrate` or start the server to create it")
}

async fn migrations(store: &dyn Store) -> Finding {
    match store.schema().await {
        Ok(Schema { applied, known }) if applied == Some(known) => Finding::ok("schema", format!("version {known}")),
        Ok(Schema { applied, known }) => {
            let is_newer = applied > Some(known);
            let applied = applied.map_or_else(|| "none".to_owned(), |version| version.to_string());
            let found = format!("version {applied}, but this binary supports version {known}");
            if is_newer {
                Finding::fail("schema", found, "use the release that created it, or a newer one")
            } else {
                Finding::warn(
                    "schema",
                    found,
                    "take a backup, then run `rollcall migrate` or restart the server to upgrade it",
                )
            }
        }
        Err(error) => Finding::fail("schema", cause(&error), "check that --database-url names a Rollcall database"),
    }
}

/// Users that were not rebuilt for the current folding, and addresses that collide by it.
async fn folding(store: &dyn Store) -> Vec<Finding> {
    let found = async { Ok::<_, AppError>((store.count_outdated().await?, collisions(store, MAX_COLLISIONS).await?)) };
    let (outdated, collisions) = match found.await {
        Ok(found) => found,
        Err(error) => return vec![Finding::fail("folding", cause(&error), "check that the database can be read")],
    };
    let waiting = outdated.saturating_sub(collisions.len() as u64);
    let mut findings = Vec::new();
    if waiting > 0 {
        let users = if waiting == 1 { "1 user still has".to_owned() } else { format!("{waiting} users still have") };
        let found = format!("{users} the search and sort keys of an earlier version");
        findings.push(Finding::warn("folding", found, "a running server rebuilds them in the background"));
    }
    for Collision { user, email, other, other_email } in &collisions {
        let found = format!("{email} ({user}) and {other_email} ({other}) are the same address");
        findings.push(Finding::warn("folding", found, "change the address of one of the two, or delete one"));
    }
    if findings.is_empty() {
        findings.push(Finding::ok("folding", format!("version {FOLDING} for every user")));
    }
    findings
}

/// Compares the local clock with the database's, and with the time of the latest event.
async fn clock(store: &dyn Store, has_schema: bool, engine: &Engine) -> Finding {
    let fix = "synchronize the clocks with NTP (timedatectl): sessions, links and the audit trail depend on them";
    if let Engine::Postgres { clock_ahead, .. } = engine
        && clock_ahead.abs() > MAX_CLOCK_SKEW
    {
        let (seconds, side) =
            (clock_ahead.abs().num_seconds(), if *clock_ahead < TimeDelta::zero() { "behind" } else { "ahead of" });
        return Finding::warn("clock", format!("PostgreSQL's clock is {seconds} seconds {side} ours"), fix);
    }
    let Ok(now) = SystemClock.now() else { return Finding::fail("clock", "is out of range", fix) };
    let latest = if has_schema { latest(store).await } else { None };
    match latest {
        Some(at) if at > now.plus(MAX_CLOCK_SKEW) => {
            let found = format!("it is {now}, which is before the latest event, at {at}");
            Finding::warn("clock", found, fix)
        }
        _ => Finding::ok("clock", now.to_string()),
    }
}

async fn latest(store: &dyn Store) -> Option<Timestamp> {
    let events = store.events(&ListEvents { per_page: 1, ..ListEvents::default() }, false).await.ok()?;
    events.first().map(|event| event.at)
}

fn cause(error: &AppError) -> String {
    error.cause().map_or_else(|| error.to_string(), ToString::to_string)
}
