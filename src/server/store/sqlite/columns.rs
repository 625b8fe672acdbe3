//! The columns of a user, listed once for all statements, and the statements that write a row.

use sqlx::{SqliteConnection, query, query_as, types::Uuid};

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
/// - `{texts}`: the values of `{columns}` except the version of the folding (`ProfileColumns::texts`), from the JSON array
///   that is the first element of `value`
/// - `{creation}`: the changes of a created user as JSON, of the table `users`
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
    (@ $macro:ident $row:tt $binds:tt [$($sql:tt)+] {texts} $($rest:tt)*) => {
        sql!(@ $macro $row $binds [
            $($sql)+ + "value ->> '$[0][0]' as name, value ->> '$[0][1]' as email, value ->> '$[0][2]' as name_key,
            value ->> '$[0][3]' as email_key, value ->> '$[0][4]' as search"
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
        ["insert into users (" {columns} ", id, created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"],
        columns.profile.name,
        columns.profile.email,
        columns.name_key,
        columns.email_key,
        columns.search,
        FOLDING,
        user.id.0,
        created_at,
        updated_at
    ))
    .execute(connection)
    .await
    .map_err(unless_taken)?;
    Ok(())
}

/// An unchanged address keeps its key and the version of its folding, as with `{edited columns of "r"}`.
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
            "update users
            set (" {columns} ") = (
                    ?1, ?2, ?3, case when email = ?2 then email_key else ?4 end, ?5,
                    case when email = ?2 and email_key <> ?4 then folding else ?6 end
                ),
                updated_at = ?7, version = version + 1
            where id = ?8 and version = ?9 and deleted_at is null
            returning " {user}
        ],
        columns.profile.name,
        columns.profile.email,
        columns.name_key,
        columns.email_key,
        columns.search,
        FOLDING,
        updated_at,
        user.id.0,
        version
    ))
    .fetch_optional(connection)
    .await
    .map_err(unless_taken)
}

pub async fn delete_user(
    connection: &mut SqliteConnection,
    user: UserId,
    now: Timestamp,
) -> Result<Option<Row>, AppError> {
    let at = now.unix_micros();
    let row = sql!(query_as!(
        Row,
        [
            "update users set deleted_at = ?, updated_at = ?, version = version + 1
            where id = ? and deleted_at is null
            returning " {user}
        ],
        at,
        at,
        user.0
    ));
    Ok(row.fetch_optional(connection).await?)
}

pub async fn restore_user(
    connection: &mut SqliteConnection,
    user: UserId,
    now: Timestamp,
) -> Result<Option<Row>, AppError> {
    let at = now.unix_micros();
    sql!(query_as!(
        Row,
        [
            "update users set deleted_at = null, updated_at = ?, version = version + 1
            where id = ? and deleted_at is not null
            returning " {user}
        ],
        at,
        user.0
    ))
    .fetch_optional(connection)
    .await
    .map_err(unless_taken)
}
