//! Rebuilds in the background what an earlier folding derived from names and addresses, so that a
//! Rollcall with a newer folding starts at once. How far it is stands in the users themselves: a rebuild
//! that was interrupted goes on where it was, whichever instance does.

use std::{collections::HashSet, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use crate::{
    domain::{AppError, User, UserId},
    server::{
        foundation::telemetry,
        store::{DerivedRow, Store},
    },
};

/// Instances of an older Rollcall may go on to write users, and collisions may be resolved.
const EVERY: Duration = Duration::from_mins(1);
/// So many users are rebuilt by one transaction: a writer waits no longer than that takes.
const BATCH: u32 = 500;
const LOG_EVERY: Duration = Duration::from_secs(10);

/// Two active users whose addresses are one by the current folding. The first keeps the key of the
/// earlier folding, and both stay as they are until one of them is changed or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collision {
    pub user: UserId,
    pub email: String,
    pub other: UserId,
    pub other_email: String,
}

/// What a pass did.
#[derive(Debug, Default)]
pub struct Rebuilt {
    pub users: u64,
    pub collisions: Vec<Collision>,
}

/// Rebuilds now and then, for as long as it is let.
pub async fn run(store: Arc<dyn Store>) {
    let mut logged = HashSet::new();
    loop {
        match rebuild(store.as_ref()).await {
            Ok(rebuilt) => {
                for Collision { user, other, .. } in rebuilt.collisions {
                    if logged.insert((user, other)) {
                        tracing::warn!(%user, %other, "two users have one address: change or delete one of them");
                    }
                }
            }
            Err(error) => tracing::warn!(cause = error.cause(), "could not rebuild for the new folding; it is retried"),
        }
        sleep(EVERY).await;
    }
}

/// Rebuilds every user whose columns an earlier folding derived, unless another instance does.
///
/// # Errors
/// `Unavailable`, `Internal`: the rest is left for the next time.
pub async fn rebuild(store: &dyn Store) -> Result<Rebuilt, AppError> {
    let outdated = store.count_outdated().await?;
    let mut rebuilt = Rebuilt::default();
    let (mut after, mut logged) = (0, Instant::now());
    if outdated > u64::from(BATCH) {
        tracing::info!(users = outdated, "rebuilding search and order for the new folding");
    }
    loop {
        let left = outdated.saturating_sub(rebuilt.users);
        telemetry::outdated(left, rebuilt.collisions.len());
        if logged.elapsed() >= LOG_EVERY {
            tracing::info!(users = rebuilt.users, left, "rebuilding search and order for the new folding");
            logged = Instant::now();
        }
        let users = store.outdated(after, BATCH).await?;
        let Some(last) = users.last() else { break };
        after = last.seq;
        let begun = Instant::now();
        if !rebuild_batch(store, &users, &mut rebuilt).await? {
            break;
        }
        // The other half of the time is for other writers.
        sleep(begun.elapsed()).await;
    }
    if rebuilt.users > 0 {
        let collisions = rebuilt.collisions.len();
        tracing::info!(users = rebuilt.users, collisions, "rebuilt search and order for the new folding");
    }
    Ok(rebuilt)
}

/// Users whose key stays the same are written together, the others one by one, because each may collide
/// with another. Answers whether this instance is the one that rebuilds.
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
                // Somebody has taken the address meanwhile: the next pass finds out who.
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

/// The other active user that has the address of an active one.
async fn holder(store: &dyn Store, user: &DerivedRow, row: &DerivedRow) -> Result<Option<User>, AppError> {
    if user.is_deleted {
        return Ok(None);
    }
    Ok(store.holder(&row.email_key).await?.filter(|holder| holder.id != user.id()))
}

fn collision(user: &DerivedRow, holder: User) -> Collision {
    Collision { user: user.id(), email: user.email.clone(), other: holder.id, other_email: holder.email }
}

/// The collisions that a rebuild has left, up to some. As long as it runs, there may be more.
///
/// # Errors
/// `Unavailable`, `Internal`.
pub async fn collisions(store: &dyn Store, most: usize) -> Result<Vec<Collision>, AppError> {
    let mut found = Vec::new();
    let mut after = 0;
    while found.len() < most {
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
    found.truncate(most);
    Ok(found)
}
