//! The columns of a user, listed once for all statements, and the statements that write a row.

use chrono::{DateTime, Utc};
use sqlx::{query, query_as};

use super::connection::Connection;
use crate::{
    domain::{AppError, FOLDING, Timestamp, UserId},
    server::store::row::{UserRecord, UserRow, unless_taken},
};

/// Calls a macro of sqlx with a statement in parts: string literals and
///
/// - `{user}`: the columns of `UserRow`, of the table `users`
/// - `{profile of "r"}`: the fields of a profile in the order of `ProfileField::ALL`, of the table `r`
/// - `{columns}`, `{columns of "r"}`: these fields, the keys derived from them and the version of their folding
/// - `{edited columns of "r"}`: the values of `{columns}` for an update of `users` with the columns of `r`; an unchanged
///   address keeps its key and the version of its folding, because its current key may belong to another user
/// - `{creation}`: the changes of a created user as JSON, of the table `inserted`
macro_rules! sql {
    ($macro:ident!($($row:path,)? [$($part:tt)+] $(, $bind:expr)* $(,)?)) => {
        sql!(@ $macro ($($row)?) ($($bind),*) [""] $($part)+)
    };
    (@ $macro:ident ($($row:path)?) ($($bind:expr),*) [$($sql:tt)+]) => {
        $macro!($($row,)? $($sql)+ $(, $bind)*)
    };
    (@ $macro:ident $row:tt $binds:tt [$($sql:tt)+] {user} $($rest:tt)*) => {
        sql!(@ $macro $row $binds [
            $($sql)+ + "users.id, users.name, users.email, users.version, users.created_at, users.updated_at,
            users.deleted_at"
        ] $($rest)*)
    };
    (@ $macro:ident $row:tt $binds:tt [$($sql:tt)+] {profile of $table:literal} $($rest:tt)*) => {
        sql!(@ $macro $row $binds [$($sql)+ + $table + ".name, " + $table + ".email"] $($rest)*)
    };
    (@ $macro:ident $row:tt $binds:tt [$($sql:tt)+] {columns} $($rest:tt)*) => {
        sql!(@ $macro $row $binds [$($sql)+ + "name, email, name_key, email_key, search, folding"] $($rest)*)
    };
    (@ $macro:ident $row:tt $binds:tt [$($sql:tt)+] {columns of $table:literal} $($rest:tt)*) => {
        sql!(@ $macro $row $binds [$($sql)+] {profile of $table} ", " $table ".name_key, " $table ".email_key, "
            $table ".search, " $table ".folding" $($rest)*)
    };
    (@ $macro:ident $row:tt $binds:tt [$($sql:tt)+] {edited columns of $table:literal} $($rest:tt)*) => {
        sql!(@ $macro $row $binds [$($sql)+] {profile of $table} ", " $table ".name_key,
            case when users.email = " $table ".email then users.email_key else " $table ".email_key end, "
            $table ".search,
            case
                when users.email = " $table ".email and users.email_key <> " $table ".email_key then users.folding
                else " $table ".folding
            end" $($rest)*)
    };
    (@ $macro:ident $row:tt $binds:tt [$($sql:tt)+] {creation} $($rest:tt)*) => {
        sql!(@ $macro $row $binds [
            $($sql)+ + "json_build_array(json_build_array('name', null, name), json_build_array('email', null, email))"
        ] $($rest)*)
    };
    (@ $macro:ident $row:tt $binds:tt [$($sql:tt)+] $text:literal $($rest:tt)*) => {
        sql!(@ $macro $row $binds [$($sql)+ + $text] $($rest)*)
    };
}

pub type Row = UserRow<DateTime<Utc>>;

pub async fn insert_user(connection: &mut Connection, user: &UserRecord) -> Result<(), AppError> {
    let columns = &user.columns;
    sql!(query!(
        [
            "insert into public.users (" {columns} ", id, created_at, updated_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ],
        columns.profile.name,
        columns.profile.email,
        columns.name_key,
        columns.email_key,
        columns.search,
        FOLDING,
        user.id.0,
        user.created_at.utc(),
        user.updated_at.utc()
    ))
    .execute(connection)
    .await
    .map_err(unless_taken)?;
    Ok(())
}

/// An unchanged address keeps its key and the version of its folding, as with `{edited columns of "r"}`.
pub async fn update_user(
    connection: &mut Connection,
    user: &UserRecord,
    version: i64,
) -> Result<Option<Row>, AppError> {
    let columns = &user.columns;
    sql!(query_as!(
        Row,
        [
            "update public.users
            set (" {columns} ") = (
                    $1, $2, $3, case when email = $2 then email_key else $4 end, $5,
                    case when email = $2 and email_key <> $4 then folding else $6 end
                ),
                updated_at = $7, version = version + 1
            where id = $8 and version = $9 and deleted_at is null
            returning " {user}
        ],
        columns.profile.name,
        columns.profile.email,
        columns.name_key,
        columns.email_key,
        columns.search,
        FOLDING,
        user.updated_at.utc(),
        user.id.0,
        version
    ))
    .fetch_optional(connection)
    .await
    .map_err(unless_taken)
}

pub async fn delete_user(connection: &mut Connection, user: UserId, now: Timestamp) -> Result<Option<Row>, AppError> {
    let row = sql!(query_as!(
        Row,
        [
            "update public.users set deleted_at = $1, updated_at = $1, version = version + 1
            where id = $2 and deleted_at is null
            returning " {user}
        ],
        now.utc(),
        user.0
    ));
    Ok(row.fetch_optional(connection).await?)
}

pub async fn restore_user(connection: &mut Connection, user: UserId, now: Timestamp) -> Result<Option<Row>, AppError> {
    sql!(query_as!(
        Row,
        [
            "update public.users set deleted_at = null, updated_at = $1, version = version + 1
            where id = $2 and deleted_at is not null
            returning " {user}
        ],
        now.utc(),
        user.0
    ))
    .fetch_optional(connection)
    .await
    .map_err(unless_taken)
}
