//! The row of a user, and the statements that write it.

use sqlx::{SqliteConnection, query, query_as, types::Uuid};

use crate::{
    domain::{AppError, FOLDING},
    server::store::row::{UserRecord, UserRow, unless_taken},
};

pub type Row = UserRow<i64>;

pub async fn insert_user(connection: &mut SqliteConnection, user: &UserRecord) -> Result<(), AppError> {
    let (created_at, updated_at) = (user.created_at.unix_micros(), user.updated_at.unix_micros());
    query!(
        "insert into users (id, name, email, name_key, email_key, search, folding, created_at, updated_at)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        user.id.0,
        user.name,
        user.email,
        user.name_key,
        user.email_key,
        user.search,
        FOLDING,
        created_at,
        updated_at
    )
    .execute(connection)
    .await
    .map_err(unless_taken)?;
    Ok(())
}

/// An unchanged address keeps its key and the version of its folding: its current key may belong to another user.
pub async fn update_user(
    connection: &mut SqliteConnection,
    user: &UserRecord,
    version: i64,
) -> Result<Option<Row>, AppError> {
    let updated_at = user.updated_at.unix_micros();
    query_as!(
        Row,
        r#"update users
        set name = ?1, email = ?2, name_key = ?3, email_key = case when email = ?2 then email_key else ?4 end, search = ?5,
            folding = case when email = ?2 and email_key <> ?4 then folding else ?6 end, updated_at = ?7,
            version = version + 1
        where id = ?8 and version = ?9 and deleted_at is null
        returning id as "id: Uuid", name, email, version, created_at, updated_at, deleted_at as "deleted_at?""#,
        user.name,
        user.email,
        user.name_key,
        user.email_key,
        user.search,
        FOLDING,
        updated_at,
        user.id.0,
        version
    )
    .fetch_optional(connection)
    .await
    .map_err(unless_taken)
}
