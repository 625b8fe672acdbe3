//! The row of a user, and the statements that write it.

use chrono::{DateTime, Utc};
use sqlx::{query, query_as};

use super::connection::Connection;
use crate::{
    domain::{AppError, FOLDING},
    server::store::row::{UserRecord, UserRow, unless_taken},
};

pub type Row = UserRow<DateTime<Utc>>;

pub async fn insert_user(connection: &mut Connection, user: &UserRecord) -> Result<(), AppError> {
    query!(
        "insert into public.users (id, name, email, name_key, email_key, search, folding, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        user.id.0,
        user.name,
        user.email,
        user.name_key,
        user.email_key,
        user.search,
        FOLDING,
        user.created_at.utc(),
        user.updated_at.utc()
    )
    .execute(connection)
    .await
    .map_err(unless_taken)?;
    Ok(())
}

/// An unchanged address keeps its key and the version of its folding: its current key may belong to another user.
pub async fn update_user(
    connection: &mut Connection,
    user: &UserRecord,
    version: i64,
) -> Result<Option<Row>, AppError> {
    query_as!(
        Row,
        "update public.users
        set name = $1, email = $2, name_key = $3, email_key = case when email = $2 then email_key else $4 end, search = $5,
            folding = case when email = $2 and email_key <> $4 then folding else $6 end, updated_at = $7,
            version = version + 1
        where id = $8 and version = $9 and deleted_at is null
        returning id, name, email, version, created_at, updated_at, deleted_at",
        user.name,
        user.email,
        user.name_key,
        user.email_key,
        user.search,
        FOLDING,
        user.updated_at.utc(),
        user.id.0,
        version
    )
    .fetch_optional(connection)
    .await
    .map_err(unless_taken)
}
