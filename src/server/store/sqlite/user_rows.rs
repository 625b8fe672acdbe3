//! The row of a user, and the statements that write it.

use sqlx::{SqliteConnection, query, query_as, types::Uuid};

use crate::{
    domain::AppError,
    server::store::row::{UserRecord, UserRow, unless_taken},
};

pub type Row = UserRow<i64>;

pub async fn insert_user(connection: &mut SqliteConnection, user: &UserRecord) -> Result<(), AppError> {
    let (created_at, updated_at) = (user.created_at.unix_micros(), user.updated_at.unix_micros());
    query!(
        "insert into users (id, name, email, name_key, email_key, search, created_at, updated_at)
        values (?, ?, ?, ?, ?, ?, ?, ?)",
        user.id.0,
        user.name,
        user.email,
        user.name_key,
        user.email_key,
        user.search,
        created_at,
        updated_at
    )
    .execute(connection)
    .await
    .map_err(unless_taken)?;
    Ok(())
}

pub async fn update_user(
    connection: &mut SqliteConnection,
    user: &UserRecord,
    version: i64,
) -> Result<Option<Row>, AppError> {
    let updated_at = user.updated_at.unix_micros();
    query_as!(
        Row,
        r#"update users
        set name = ?, email = ?, name_key = ?, email_key = ?, search = ?, updated_at = ?, version = version + 1
        where id = ? and version = ? and deleted_at is null
        returning id as "id: Uuid", name, email, version, created_at, updated_at, deleted_at as "deleted_at?""#,
        user.name,
        user.email,
        user.name_key,
        user.email_key,
        user.search,
        updated_at,
        user.id.0,
        version
    )
    .fetch_optional(connection)
    .await
    .map_err(unless_taken)
}
