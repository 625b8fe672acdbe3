//! The columns that hold the profile of a user, listed once for all statements.

use sqlx::{SqliteConnection, query, query_as, types::Uuid};

use crate::{
    domain::AppError,
    server::store::row::{UserRecord, UserRow, unless_taken},
};

/// Calls a macro of sqlx with a statement in parts. Besides texts there are
///
/// - `{user}`: what `UserRow` has, of the table `users`
/// - `{profile of "r"}`: the fields of a profile in their order, of a table
/// - `{columns}`, `{columns of "r"}`: the same with the keys derived from them
/// - `{texts}`: the values of these columns, of a JSON array that is the first element of `value`
/// - `{creation}`: the changes that the creation of a user is, of the table `users`
macro_rules! sql {
    ($macro:ident!($($row:path,)? [$($part:tt)+] $(, $bind:expr)* $(,)?)) => {
        sql!(@ $macro ($($row)?) ($($bind),*) [""] $($part)+)
    };
    (@ $macro:ident ($($row:path)?) ($($bind:expr),*) [$($sql:tt)+]) => {
        $macro!($($row,)? $($sql)+ $(, $bind)*)
    };
    (@ $macro:ident $row:tt $binds:tt [$($sql:tt)+] {user} $($rest:tt)*) => {
        sql!(@ $macro $row $binds [
            $($sql)+ + r#"users.id as "id!: Uuid", users.name as "name!", users.email as "email!",
            users.version as "version!", users.created_at as "created_at!", users.updated_at as "updated_at!",
            users.deleted_at as "deleted_at?""#
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
    (@ $macro:ident $row:tt $binds:tt [$($sql:tt)+] {texts} $($rest:tt)*) => {
        sql!(@ $macro $row $binds [
            $($sql)+ + "value ->> '$[0][0]', value ->> '$[0][1]', value ->> '$[0][2]', value ->> '$[0][3]',
            value ->> '$[0][4]'"
        ] $($rest)*)
    };
    (@ $macro:ident $row:tt $binds:tt [$($sql:tt)+] {creation} $($rest:tt)*) => {
        sql!(@ $macro $row $binds [
            $($sql)+ + "json_array(json_array('name', null, name), json_array('email', null, email))"
        ] $($rest)*)
    };
    (@ $macro:ident $row:tt $binds:tt [$($sql:tt)+] $text:literal $($rest:tt)*) => {
        sql!(@ $macro $row $binds [$($sql)+ + $text] $($rest)*)
    };
}

pub type Row = UserRow<i64>;

pub async fn insert_user(connection: &mut SqliteConnection, user: &UserRecord) -> Result<(), AppError> {
    let (created_at, updated_at) = (user.created_at.unix_micros(), user.updated_at.unix_micros());
    let columns = &user.columns;
    sql!(query!(
        ["insert into users (" {columns} ", id, created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?, ?)"],
        columns.profile.name,
        columns.profile.email,
        columns.name_key,
        columns.email_key,
        columns.search,
        user.id.0,
        created_at,
        updated_at
    ))
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
    let columns = &user.columns;
    sql!(query_as!(
        Row,
        [
            "update users set (" {columns} ") = (?, ?, ?, ?, ?), updated_at = ?, version = version + 1
            where id = ? and version = ? and deleted_at is null
            returning " {user}
        ],
        columns.profile.name,
        columns.profile.email,
        columns.name_key,
        columns.email_key,
        columns.search,
        updated_at,
        user.id.0,
        version
    ))
    .fetch_optional(connection)
    .await
    .map_err(unless_taken)
}
