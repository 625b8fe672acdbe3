//! Changes of users, each in a transaction of its own.

use rollcall::{
    domain::{AppError, Timestamp, User, UserId},
    server::store::{Changes, EventRecord, Store, UserRecord},
};

pub async fn create_user(store: &dyn Store, user: &UserRecord, event: &EventRecord) -> Result<(), AppError> {
    let (mut changes, _) = store.begin_changes(&[], false).await?;
    let created = changes.create(user, event).await;
    end(changes, created).await
}

pub async fn update_user(
    store: &dyn Store,
    user: &UserRecord,
    version: i64,
    event: &EventRecord,
) -> Result<Option<User>, AppError> {
    let (mut changes, _) = store.begin_changes(&[user.id], false).await?;
    let updated = changes.update(user, version, event).await;
    end(changes, updated).await
}

/// Returns whether the user was active.
pub async fn delete_user(store: &dyn Store, id: UserId, now: Timestamp, event: &EventRecord) -> Result<bool, AppError> {
    let (mut changes, _) = store.begin_changes(&[id], true).await?;
    let deleted = changes.delete(id, now, event).await;
    Ok(end(changes, deleted).await?.is_some())
}

/// Returns whether the user was deleted.
pub async fn restore_user(
    store: &dyn Store,
    id: UserId,
    now: Timestamp,
    event: &EventRecord,
) -> Result<bool, AppError> {
    let (mut changes, _) = store.begin_changes(&[id], false).await?;
    let restored = changes.restore(id, now, event).await;
    Ok(end(changes, restored).await?.is_some())
}

/// Commits a success, and rolls back a failure.
async fn end<T>(changes: Box<dyn Changes>, outcome: Result<T, AppError>) -> Result<T, AppError> {
    match outcome {
        Ok(_) => changes.commit().await?,
        Err(_) => changes.rollback().await?,
    }
    outcome
}
