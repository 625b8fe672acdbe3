use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{query, query_as, types::Uuid};

use super::{
    Postgres,
    columns::{Row, insert_user, update_user},
    connection::{Connection, Transaction},
    events::insert_events,
    idempotency::save_outcome,
};
use crate::{
    domain::{AppError, Timestamp, User, UserId},
    server::store::{
        Changes, EventRecord, KeyedRequest, LockedUser,
        idempotency::outcome_json,
        row::{LockedUserRow, UserRecord, unless_taken},
        statements::{Statements, ensure_admin_besides, revoke_tokens_of},
    },
};

type LockedRow = LockedUserRow<DateTime<Utc>>;

/// A transaction that changes users, or a savepoint within one.
pub struct PostgresChanges<'c>(Transaction<'c>);

/// Deletions take the lock of admins before any row. So do transactions that change many users: two of them could lock
/// the same addresses in different orders, and deadlock.
pub async fn begin_changes(
    store: &Postgres,
    of: &[UserId],
    serialized: bool,
) -> Result<(PostgresChanges<'static>, Vec<LockedUser>), AppError> {
    let mut transaction = store.begin().await?;
    if serialized {
        transaction.lock_admins().await?;
    }
    let locked = if of.is_empty() { Vec::new() } else { lock_users(&mut transaction, of).await? };
    Ok((PostgresChanges(transaction), locked))
}

/// Locks users in a fixed order, which prevents deadlocks, and reads them once they are locked.
async fn lock_users(connection: &mut Connection, of: &[UserId]) -> Result<Vec<LockedUser>, AppError> {
    let ids: Vec<Uuid> = of.iter().map(|id| id.0).collect();
    let rows = sql!(query_as!(
        LockedRow,
        [
            "select " {user} r#", (select role from public.accounts where user_id = users.id) as "role?"
            from public.users
            where id = any($1)
            order by id
            for update"#
        ],
        &ids
    ))
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(LockedUser::try_from).collect()
}

#[async_trait]
impl Changes for PostgresChanges<'_> {
    async fn savepoint(&mut self) -> Result<Box<dyn Changes + '_>, AppError> {
        Ok(Box::new(PostgresChanges(self.0.begin().await?)))
    }

    async fn create(&mut self, user: &UserRecord, event: &EventRecord) -> Result<(), AppError> {
        insert_user(&mut self.0, user).await?;
        insert_events(&mut self.0, std::slice::from_ref(event)).await
    }

    async fn update(&mut self, user: &UserRecord, version: i64, event: &EventRecord) -> Result<Option<User>, AppError> {
        let row = update_user(&mut self.0, user, version).await?;
        if row.is_some() {
            insert_events(&mut self.0, std::slice::from_ref(event)).await?;
        }
        row.map(User::try_from).transpose()
    }

    async fn delete(&mut self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<Option<User>, AppError> {
        ensure_admin_besides(&mut *self.0, id).await?;
        let row = sql!(query_as!(
            Row,
            [
                "update public.users set deleted_at = $1, updated_at = $1, version = version + 1
                where id = $2 and deleted_at is null
                returning " {user}
            ],
            now.utc(),
            id.0
        ))
        .fetch_optional(&mut *self.0)
        .await?;
        if row.is_some() {
            query!("delete from public.sessions where user_id = $1", id.0).execute(&mut *self.0).await?;
            query!("delete from public.links where user_id = $1", id.0).execute(&mut *self.0).await?;
            insert_events(&mut self.0, std::slice::from_ref(event)).await?;
            revoke_tokens_of(&mut *self.0, id, now, event).await?;
        }
        row.map(User::try_from).transpose()
    }

    async fn restore(&mut self, id: UserId, now: Timestamp, event: &EventRecord) -> Result<Option<User>, AppError> {
        let row = sql!(query_as!(
            Row,
            [
                "update public.users set deleted_at = null, updated_at = $1, version = version + 1
                where id = $2 and deleted_at is not null
                returning " {user}
            ],
            now.utc(),
            id.0
        ))
        .fetch_optional(&mut *self.0)
        .await
        .map_err(unless_taken)?;
        if row.is_some() {
            insert_events(&mut self.0, std::slice::from_ref(event)).await?;
        }
        row.map(User::try_from).transpose()
    }

    async fn save_outcome(&mut self, request: &KeyedRequest, users: &[User]) -> Result<bool, AppError> {
        save_outcome(&mut self.0, request, &outcome_json(users)?).await
    }

    async fn commit(self: Box<Self>) -> Result<(), AppError> {
        Ok(self.0.commit().await?)
    }

    /// No transaction reads uncommitted changes, so dropping it is enough.
    async fn rollback(self: Box<Self>) -> Result<(), AppError> {
        Ok(())
    }
}
