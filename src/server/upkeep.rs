//! What a server tidies up beside its work: what has expired, and an audit trail grown old.

use std::{sync::Arc, time::Duration};

use super::{Clock, accounts::WINDOW, store::Store};
use crate::domain::AppError;

const EVERY: Duration = Duration::from_hours(1);
/// So many events at once: a writer waits no longer than that takes.
const BATCH: u32 = 500;
const PAUSE: Duration = Duration::from_millis(50);

/// Tidies up now and then, for as long as it is let.
pub async fn run(store: Arc<dyn Store>, clock: Arc<dyn Clock>, audit_days: u32) {
    let mut turns = tokio::time::interval(EVERY);
    loop {
        turns.tick().await;
        if let Err(error) = tidy(store.as_ref(), clock.as_ref(), audit_days).await {
            tracing::warn!(cause = error.cause(), "could not tidy up; it is tried again later");
        }
    }
}

/// Tidies up once.
///
/// # Errors
/// `Unavailable`, `Internal`: the rest is left for the next time.
pub async fn tidy(store: &dyn Store, clock: &dyn Clock, audit_days: u32) -> Result<(), AppError> {
    let now = clock.now()?;
    store.prune_expired(now, now.minus(WINDOW)).await?;
    let kept_from = now.minus(time::Duration::days(audit_days.into()));
    while store.prune_events(kept_from, BATCH).await? == u64::from(BATCH) {
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}
