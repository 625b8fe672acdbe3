//! Maintenance: periodically deletes expired rows, old audit events and users who were in the trash for long.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;

use super::{identity::Actor, imports};
use crate::{
    domain::{Action, AppError, Timestamp, UserId},
    server::{
        foundation::{
            clock::Clock,
            limits::{IDEMPOTENCY_KEY_RETENTION, SIGN_IN_FAILURE_WINDOW},
            telemetry,
        },
        store::Store,
    },
};

const INTERVAL: Duration = Duration::from_hours(1);
/// The maximum number of rows deleted at once, which limits how long other writers wait.
const BATCH: u32 = 500;
/// The maximum number of users, each erased in its own transaction, and of stored responses, which may be large.
const SMALL_BATCH: u32 = 50;
const PAUSE: Duration = Duration::from_millis(50);

/// The retention periods.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    pub audit_days: u32,
    pub trash_days: u32,
}

/// Runs `run_once` periodically until the task is aborted.
pub async fn run(store: Arc<dyn Store>, clock: Arc<dyn Clock>, kept: Retention) {
    let mut interval = tokio::time::interval(INTERVAL);
    loop {
        interval.tick().await;
        let outcome = run_once(store.as_ref(), clock.as_ref(), kept).await;
        if let Err(error) = &outcome {
            tracing::warn!(cause = error.cause(), "maintenance failed; will retry");
        }
        telemetry::maintenance_finished(outcome.and_then(|()| clock.now()).ok());
    }
}

/// Deletes everything that is due.
///
/// # Errors
/// `Unavailable`, `Internal`: the next run deletes the rest.
pub async fn run_once(store: &dyn Store, clock: &dyn Clock, kept: Retention) -> Result<(), AppError> {
    let now = clock.now()?;
    store.prune_expired(now, now.minus(SIGN_IN_FAILURE_WINDOW)).await?;
    while store.prune_requests(now.minus(IDEMPOTENCY_KEY_RETENTION), SMALL_BATCH).await? == u64::from(SMALL_BATCH) {
        tokio::time::sleep(PAUSE).await;
    }
    while store.prune_events(now.minus(TimeDelta::days(kept.audit_days.into())), BATCH).await? == u64::from(BATCH) {
        tokio::time::sleep(PAUSE).await;
    }
    imports::prune(store, now).await?;
    empty_trash(store, now, now.minus(TimeDelta::days(kept.trash_days.into()))).await
}

/// Erases users who were deleted before a time, as the operator.
async fn empty_trash(store: &dyn Store, now: Timestamp, before: Timestamp) -> Result<(), AppError> {
    loop {
        let mut erased = 0;
        for id in store.deleted_before(before, SMALL_BATCH).await? {
            erased += u32::from(erase(store, now, before, id).await?);
        }
        // Users who cannot be erased stay in every batch, so a batch without progress is the last.
        if erased == 0 {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Returns whether the user was erased; a user who was restored meanwhile is not.
async fn erase(store: &dyn Store, now: Timestamp, before: Timestamp, id: UserId) -> Result<bool, AppError> {
    let user = store.get(id).await?;
    if user.and_then(|user| user.deleted_at).is_none_or(|deleted_at| deleted_at >= before) {
        return Ok(false);
    }
    let event = Actor::operator().event(Action::UserErased, now).about(id);
    match store.erase(id, now, &event).await {
        Err(AppError::Conflict(_)) => {
            tracing::warn!(user = %id, "the last admin stays in the trash");
            Ok(false)
        }
        other => other,
    }
}
