//! The columns that hold the profile of a user, listed once for all statements.

use chrono::{DateTime, Utc};
use sqlx::{query, query_as};

use super::connection::Connection;
use crate::{
    domain::AppError,
    server::store::row::{UserRecord, UserRow, unless_taken},
};

/// Calls a macro of sqlx with a statement in parts. Besides texts there are
///
/// - `{user}`: what `UserRow` has, of the table `users`
/// - `{profile of "r"}`: the fields of a profile in their order, of a table
/// - `{columns}`, `{columns of "r"}`: the same with the keys derived from them
/// - `{creation}`: the changes that the creation of a user is, of the table `inserted`
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
        sql!(@ $macro $row $binds [$($sql)+ + "name, email, name_key, email_key, search"] $($rest)*)
    };
    (@ $macro:ident $row:tt $binds:tt [$($sql:tt)+] {columns of $table:literal} $($rest:tt)*) => {
        sql!(@ $macro $row $binds [$($sql)+] {profile of $table} ", " $table ".name_key, " $table ".email_key, "
            $table ".search" $($rest)*)
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
        ["insert into public.users (" {columns} ", id, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8)"],
        columns.profile.name,
        columns.profile.email,
        columns.name_key,
        columns.email_key,
        columns.search,
        user.id.0,
        user.created_at.utc(),
        user.updated_at.utc()
    ))
    .execute(connection)
    .await
    .map_err(unless_taken)?;
    Ok(())
}

pub async fn update_user(
    connection: &mut Connection,
    user: &UserRecord,
    version: i64,
) -> Result<Option<Row>, AppError> {
    let columns = &user.columns;
    sql!(query_as!(
        Row,
        [
            "update public.users set (" {columns} ") = ($1, $2, $3, $4, $5), updated_at = $6, version = version + 1
            where id = $7 and version = $8 and deleted_at is null
            returning " {user}
        ],
        columns.profile.name,
        columns.profile.email,
        columns.name_key,
        columns.email_key,
        columns.search,
        user.updated_at.utc(),
        user.id.0,
        version
    ))
    .fetch_optional(connection)
    .await
    .map_err(unless_taken)
}
