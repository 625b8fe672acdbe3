//! The rows of a file, compared with the directory.

use futures::TryStreamExt;
use serde_json::json;
use sqlx::{SqliteConnection, query, query_as, types::Uuid};

use super::Sqlite;
use crate::{
    domain::{AppError, FOLDING, ImportCounts, ImportRow, ListImportRows, RowOutcome, Timestamp},
    server::store::{
        StagedRow, StoredImport,
        imports::{MatchedRow, OutcomeRow, counts_of, errors_json},
    },
};

type Row = MatchedRow<i64>;

/// The number of duplicates marked at once.
const MARKS: usize = 5_000;

/// A statement over the rows of a file and the users they match: `$select` from `rows` with `outcome`.
/// Binds: whether admins may be changed, the import, then those of `$rest`.
macro_rules! over_rows {
    ($macro:ident!(
        $($row:path,)? $select:literal, $rest:literal, $may_change_admins:expr, $import:expr $(, $argument:expr)*
    )) => {
        sql!($macro!(
            $($row,)?
            [$select " from (
                select r.line, r.created_at, r.errors, r.duplicate_of,
                    case when r.errors is null then json_array(" {profile of "r"} ") end as profile,
                    coalesce(u.id, i.id) as user_id, coalesce(u.created_at, i.created_at) as user_created_at,
                    case
                        when u.id is not null then json_array(" {profile of "u"} ")
                        when i.id is not null then json_array(" {profile of "i"} ")
                    end as user_profile,
                    case
                        when r.outcome is not null then r.outcome
                        when r.errors is not null then 'invalid'
                        when r.duplicate_of is not null then 'duplicate'
                        when r.deleted_at is not null and i.id is null then 'new'
                        when r.deleted_at is not null and i.deleted_at is not null
                            and (" {profile of "i"} ") = (" {profile of "r"} ") then 'unchanged'
                        when r.deleted_at is not null then 'taken'
                        when u.id is null and i.id is null then 'new'
                        when u.id is null then 'taken'
                        when (" {profile of "u"} ") = (" {profile of "r"} ")
                            and u.created_at = coalesce(r.created_at, u.created_at) then 'unchanged'
                        when not ? and exists (select 1 from accounts where user_id = u.id and role = 'admin') then 'taken'
                        else 'changed'
                    end as outcome
                from import_rows r
                left join users u on u.email_key = r.email_key and u.deleted_at is null and r.deleted_at is null
                left join users i on i.id = r.id and r.has_id = 1
                where r.import = ?
            ) rows " $rest],
            $may_change_admins,
            $import
            $(, $argument)*
        ))
    };
}

/// Inserts rows in one statement, as a JSON array.
pub async fn stage(store: &Sqlite, import: i64, rows: &[StagedRow]) -> Result<(), AppError> {
    let rows = json!(rows.iter().map(as_json).collect::<Vec<_>>()).to_string();
    let mut transaction = store.begin().await?;
    sql!(query!(
        [
            "insert into import_rows (import, " {columns} ", line, id, has_id, version, created_at, updated_at, deleted_at,
                errors)
            select ?, " {texts} ", ?, value ->> 1, unhex(value ->> 2), coalesce(value ->> 3, 0), value ->> 4, value ->> 5,
                value ->> 6, value ->> 7, value ->> 8
            from json_each(?)"
        ],
        import,
        FOLDING,
        rows
    ))
    .execute(&mut *transaction)
    .await?;
    Ok(transaction.commit().await?)
}

fn as_json(row: &StagedRow) -> serde_json::Value {
    match &row.person {
        Ok(person) => json!([
            person.columns.texts().collect::<Vec<_>>(),
            row.line,
            person.id.0.simple(),
            u8::from(person.has_id),
            person.version,
            person.created_at.map(Timestamp::unix_micros),
            person.updated_at.map(Timestamp::unix_micros),
            person.deleted_at.map(Timestamp::unix_micros),
        ]),
        Err(errors) => {
            json!([(), row.line, (), (), (), (), (), (), errors_json(errors)])
        }
    }
}

/// Marks duplicates. A reader sorts the rows, so that the write lock is held only to write some marks at a time.
pub async fn mark_duplicates(store: &Sqlite, import: i64) -> Result<(), AppError> {
    let found = query!(
        r#"select line as "line!: i64", first as "first!: i64" from (
            select line, min(line) over (partition by email_key) as first
            from import_rows
            where import = ? and errors is null and deleted_at is null
            union all
            select line, min(line) over (partition by id) as first
            from import_rows
            where import = ? and errors is null and has_id = 1
        )
        where line <> first"#,
        import,
        import
    );
    let mut reader = store.long_reader().await?;
    let mut found = found.fetch(&mut reader).try_chunks(MARKS);
    while let Some(marks) = found.try_next().await.map_err(|error| AppError::from(error.1))? {
        let marks: Vec<_> = marks.iter().map(|mark| (mark.line, mark.first)).collect();
        let marks = json!(marks).to_string();
        // An upsert looks up the row of each mark, whatever statistics the planner has.
        query!(
            "insert into import_rows (import, line, duplicate_of)
            select ?, value ->> 0, value ->> 1 from json_each(?)
            where true
            on conflict (import, line) do update set duplicate_of = excluded.duplicate_of",
            import,
            marks
        )
        .execute(&store.writer)
        .await?;
    }
    Ok(())
}

pub async fn count(
    connection: &mut SqliteConnection,
    import: i64,
    may_change_admins: bool,
) -> Result<ImportCounts, AppError> {
    let rows = over_rows!(query_as!(
        OutcomeRow,
        r#"select outcome as "outcome!: String", count(*) as "count!: i64""#,
        "group by outcome",
        may_change_admins,
        import
    ));
    counts_of(rows.fetch_all(connection).await?)
}

pub async fn list(
    store: &Sqlite,
    import: &StoredImport,
    list: ListImportRows,
    may_change_admins: bool,
) -> Result<Vec<ImportRow>, AppError> {
    if list.outcome == RowOutcome::Kept {
        return kept(store, import, list).await;
    }
    let (outcome, after) = (list.outcome.as_str(), list.after.cast_signed());
    let rows = over_rows!(query_as!(
        Row,
        r#"select line as "line!: i64", outcome as "outcome!: String", profile as "profile: String", created_at, errors,
            duplicate_of, user_id as "user_id: Uuid", user_profile as "user_profile: String",
            user_created_at as "user_created_at: i64""#,
        "where outcome = ? and line > ? order by line limit ?",
        may_change_admins,
        import.seq,
        outcome,
        after,
        list.per_page
    ));
    let mut reader = store.long_reader().await?;
    rows.fetch_all(&mut reader).await?.into_iter().map(ImportRow::try_from).collect()
}

/// Users that were changed since and therefore kept when the import was undone, in the order of its events.
async fn kept(store: &Sqlite, import: &StoredImport, list: ListImportRows) -> Result<Vec<ImportRow>, AppError> {
    let after = list.after.cast_signed();
    let rows = sql!(query_as!(
        Row,
        [r#"select e.seq as "line!: i64", 'kept' as "outcome!: String", u.id as "user_id: Uuid",
            json_array("# {profile of "u"} r#") as "profile: String", null as "created_at: i64",
            null as "errors: String", null as "duplicate_of: i64", null as "user_profile: String",
            null as "user_created_at: i64"
        from events e
        join users u on u.id = e.user_id
        where e.import_id = ? and e.seq > ? and e.seq <= ? and e.action in ('user.created', 'user.updated') and exists (
            select 1 from events later
            where later.user_id = e.user_id and later.seq > e.seq and later.import_id is not e.import_id
                and (e.action = 'user.created' or substr(later.action, 1, 5) = 'user.')
        ) and not exists (
            select 1 from events undone
            where undone.user_id = e.user_id and undone.seq > e.seq and undone.import_id = e.import_id
        )
        order by e.seq
        limit ?"#],
        import.id.0,
        after,
        import.details.last_event,
        list.per_page
    ));
    rows.fetch_all(&store.readers).await?.into_iter().map(ImportRow::try_from).collect()
}

/// Saves the outcome of rejected rows.
pub async fn save_rejected(
    connection: &mut SqliteConnection,
    import: i64,
    may_change_admins: bool,
) -> Result<(), AppError> {
    let kept = over_rows!(query!(
        "update import_rows set outcome = rows.outcome",
        "where import_rows.import = ? and import_rows.line = rows.line
            and rows.outcome in ('invalid', 'duplicate', 'taken', 'changed')",
        may_change_admins,
        import,
        import
    ));
    kept.execute(connection).await?;
    Ok(())
}
