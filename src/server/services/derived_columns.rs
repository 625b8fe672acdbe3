//! Rebuilds derived columns of an earlier folding in the background, so that a server with a newer folding starts
//! immediately. Each user row carries the version of its folding, so any instance resumes an interrupted rebuild.

use std::{collections::HashSet, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use crate::{
    domain::{AppError, User, UserId},
    server::{
        foundation::telemetry,
        store::{DerivedRow, Store},
    },
};

/// The interval between passes: instances of an earlier version may still write users, and collisions may be resolved.
const INTERVAL: Duration = Duration::from_mins(1);
/// Users rebuilt per transaction; another writer waits at most for one transaction.
const BATCH: u32 = 500;
const LOG_EVERY: Duration = Duration::from_secs(10);

/// Two active users whose addresses are equal by the current folding. The first keeps the key of the earlier folding,
/// and both stay unchanged until one of them is edited or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collision {
    pub user: UserId,
    pub email: String,
    pub other: UserId,
    pub other_email: String,
}

/// The result of a pass.
#[derive(Debug, Default)]
pub struct Rebuilt {
    pub users: u64,
    pub collisions: Vec<Collision>,
}

/// Runs a pass every minute until the task is aborted.
pub async fn run(store: Arc<dyn Store>) {
    let mut logged = HashSet::new();
    loop {
        match rebuild(store.as_ref()).await {
            Ok(rebuilt) => {
                for Collision { user, other, .. } in rebuilt.collisions {
                    if logged.insert((user, other)) {
                        tracing::warn!(%user, %other, "two users have the same address: change or delete one of them");
                    }
                }
            }
            Err(error) => tracing::warn!(cause = error.cause(), "cannot rebuild the derived columns; will retry"),
        }
        sleep(INTERVAL).await;
    }
}

/// Rebuilds all users with columns of an earlier folding, unless another instance is doing so.
///
/// # Errors
/// `Unavailable`, `Internal`: the next pass does the rest.
pub async fn rebuild(store: &dyn Store) -> Result<Rebuilt, AppError> {
    let outdated = store.count_outdated().await?;
    let mut rebuilt = Rebuilt::default();
    let (mut after, mut logged) = (0, Instant::now());
    if outdated > u64::from(BATCH) {
        tracing::info!(users = outdated, "rebuilding derived columns for the new folding");
    }
    loop {
        let left = outdated.saturating_sub(rebuilt.users);
        telemetry::set_outdated(left, rebuilt.collisions.len());
        if logged.elapsed() >= LOG_EVERY {
            tracing::info!(users = rebuilt.users, left, "rebuilding derived columns for the new folding");
            logged = Instant::now();
        }
        let users = store.outdated(after, BATCH).await?;
        let Some(last) = users.last() else { break };
        after = last.seq;
        let begun = Instant::now();
        if !rebuild_batch(store, &users, &mut rebuilt).await? {
            break;
        }
        // Pauses as long as the batch took, to leave other writers half of the time.
        sleep(begun.elapsed()).await;
    }
    if rebuilt.users > 0 {
        let collisions = rebuilt.collisions.len();
        tracing::info!(users = rebuilt.users, collisions, "rebuilt derived columns for the new folding");
    }
    Ok(rebuilt)
}

/// Writes users whose address key is unchanged together, the others one by one, because each may collide. Returns
/// whether this instance holds the rebuild lock.
async fn rebuild_batch(store: &dyn Store, users: &[DerivedRow], rebuilt: &mut Rebuilt) -> Result<bool, AppError> {
    let (same, changing): (Vec<_>, Vec<_>) =
        users.iter().map(|user| (user, user.rebuilt())).partition(|(user, row)| user.email_key == row.email_key);
    let same: Vec<DerivedRow> = same.into_iter().map(|(_, row)| row).collect();
    if !same.is_empty() {
        let Some(written) = store.rederive(&same).await? else { return Ok(false) };
        rebuilt.users += written;
    }
    for (user, row) in changing {
        let Some(holder) = holder(store, user, &row).await? else {
            match store.rederive(&[row]).await {
                Ok(Some(written)) => rebuilt.users += written,
                Ok(None) => return Ok(false),
                // Another user took the address in the meantime; the next pass reports the collision.
                Err(AppError::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
            continue;
        };
        rebuilt.collisions.push(collision(user, holder));
        let row = row.with_key_of(user);
        if row != *user && store.rederive(&[row]).await?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Another active user with the same address key, if `user` is active.
async fn holder(store: &dyn Store, user: &DerivedRow, row: &DerivedRow) -> Result<Option<User>, AppError> {
    if user.is_deleted {
        return Ok(None);
    }
    Ok(store.holder(&row.email_key).await?.filter(|holder| holder.id != user.id()))
}

fn collision(user: &DerivedRow, holder: User) -> Collision {
    Collision { user: user.id(), email: user.email.clone(), other: holder.id, other_email: holder.profile.email }
}

/// At most `limit` address collisions. A running rebuild may still find more.
///
/// # Errors
/// `Unavailable`, `Internal`.
pub async fn collisions(store: &dyn Store, limit: usize) -> Result<Vec<Collision>, AppError> {
    let mut found = Vec::new();
    let mut after = 0;
    while found.len() < limit {
        let users = store.outdated(after, BATCH).await?;
        let Some(last) = users.last() else { break };
        after = last.seq;
        for user in &users {
            let row = user.rebuilt();
            if row.email_key != user.email_key
                && let Some(holder) = holder(store, user, &row).await?
            {
                found.push(collision(user, holder));
            }
        }
    }
    found.truncate(limit);
    Ok(found)
}
