use chrono::{DateTime, Utc};
use sqlx::{query_as, types::Uuid};

use super::{
    Postgres,
    connection::{Connection, Transaction},
};
use crate::{
    domain::{AppError, UserId},
    server::store::{Changes, LockedUser, changes::ChangesTransaction, row::LockedUserRow, statements::Statements},
};

type LockedRow = LockedUserRow<DateTime<Utc>>;

/// Deletions take the lock of admins before any row. So do transactions that change many users: two of them could lock
/// the same addresses in different orders, and deadlock.
pub async fn begin_changes(
    store: &Postgres,
    of: &[UserId],
    serialized: bool,
) -> Result<(Transaction<'static>, Vec<LockedUser>), AppError> {
    let mut transaction = store.begin().await?;
    if serialized {
        transaction.lock_admins().await?;
    }
    let locked = if of.is_empty() { Vec::new() } else { lock_users(&mut transaction, of).await? };
    Ok((transaction, locked))
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

impl ChangesTransaction for Transaction<'_> {
    async fn savepoint(&mut self) -> Result<Box<dyn Changes + '_>, AppError> {
        Ok(Box::new(self.begin().await?))
    }

    /// No transaction reads uncommitted changes, so dropping it is enough.
    async fn rollback(self) -> Result<(), AppError> {
        Ok(())
    }
}
