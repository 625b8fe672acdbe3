//! The rows of a file, compared with the directory.

use chrono::{DateTime, Utc};
use sqlx::{query, query_as};

use super::copy::CopyText;
use crate::{
    domain::{AppError, ImportCounts, ImportRow, ListImportRows, RowOutcome},
    server::store::{
        ProfileColumns, StagedRow, StoredImport,
        imports::{MatchedRow, OutcomeRow, counts_of},
        postgres::{Postgres, connection::Connection},
    },
};

type Row = MatchedRow<DateTime<Utc>>;

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
                    case when r.errors is null then json_build_array(" {profile of "r"} ")::text end as profile,
                    coalesce(u.id, i.id) as user_id, coalesce(u.created_at, i.created_at) as user_created_at,
                    case
                        when u.id is not null then json_build_array(" {profile of "u"} ")::text
                        when i.id is not null then json_build_array(" {profile of "i"} ")::text
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
                        when not $1::boolean and exists (select 1 from public.accounts where user_id = u.id and role = 'admin') then 'taken'
                        else 'changed'
                    end as outcome
                from public.import_rows r
                left join public.users u on u.email_key = r.email_key and u.deleted_at is null and r.deleted_at is null
                left join public.users i on i.id = r.id and r.has_id
                where r.import = $2
            ) rows " $rest],
            $may_change_admins,
            $import
            $(, $argument)*
        ))
    };
}

/// Uses `copy`, which cannot be checked at compile time.
pub async fn stage(store: &Postgres, import: i64, rows: &[StagedRow]) -> Result<(), AppError> {
    let mut text = CopyText::default();
    for row in rows {
        text.row(import, row);
    }
    let columns = ProfileColumns::names().collect::<Vec<_>>().join(", ");
    let copy = format!(
        "copy public.import_rows (import, line, id, has_id, {columns}, version, created_at, updated_at, deleted_at, errors,
        folding) from stdin"
    );
    let mut connection = store.pool.acquire().await?;
    connection.copy_in(&copy, text.0.as_bytes()).await?;
    Ok(())
}

pub async fn mark_duplicates(store: &Postgres, import: i64) -> Result<(), AppError> {
    let mut transaction = store.begin_long().await?;
    query!(
        "update public.import_rows set duplicate_of = first
        from (
            select line, min(first) as first
            from (
                select line, min(line) over (partition by email_key) as first
                from public.import_rows
                where import = $1 and errors is null and deleted_at is null
                union all
                select line, min(line) over (partition by id) as first
                from public.import_rows
                where import = $1 and errors is null and has_id
            ) both_keys
            where line <> first
            group by line
        ) found
        where import_rows.import = $1 and import_rows.line = found.line",
        import
    )
    .execute(&mut *transaction)
    .await?;
    // The next statements join the rows with the directory, and need fresh statistics.
    query!("analyze public.import_rows").execute(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}

pub async fn count(
    connection: &mut Connection,
    import: i64,
    may_change_admins: bool,
) -> Result<ImportCounts, AppError> {
    let rows = over_rows!(query_as!(
        OutcomeRow,
        r#"select outcome as "outcome!", count(*) as "count!""#,
        "group by outcome",
        may_change_admins,
        import
    ));
    counts_of(rows.fetch_all(connection).await?)
}

pub async fn list(
    store: &Postgres,
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
        r#"select line as "line!", outcome as "outcome!", profile, created_at, errors, duplicate_of, user_id,
            user_profile, user_created_at"#,
        "where outcome = $3 and line > $4 order by line limit $5",
        may_change_admins,
        import.seq,
        outcome,
        after,
        i64::from(list.per_page)
    ));
    let mut transaction = store.begin_long().await?;
    rows.fetch_all(&mut *transaction).await?.into_iter().map(ImportRow::try_from).collect()
}

/// Users that were changed since and therefore kept when the import was undone, in the order of its events.
async fn kept(store: &Postgres, import: &StoredImport, list: ListImportRows) -> Result<Vec<ImportRow>, AppError> {
    let after = list.after.cast_signed();
    let rows = sql!(query_as!(
        Row,
        [r#"select e.seq as "line!", 'kept' as "outcome!", u.id as "user_id?",
            json_build_array("# {profile of "u"} r#")::text as profile, null::timestamptz as created_at, null as errors,
            null::bigint as duplicate_of, null as user_profile, null::timestamptz as user_created_at
        from public.events e
        join public.users u on u.id = e.user_id
        where e.import_id = $1 and e.seq > $2 and e.seq <= $4 and e.action in ('user.created', 'user.updated') and exists (
            select 1 from public.events later
            where later.user_id = e.user_id and later.seq > e.seq and later.import_id is distinct from e.import_id
                and (e.action = 'user.created' or starts_with(later.action, 'user.'))
        ) and not exists (
            select 1 from public.events undone
            where undone.user_id = e.user_id and undone.seq > e.seq and undone.import_id = e.import_id
        )
        order by e.seq
        limit $3"#],
        import.id.0,
        after,
        i64::from(list.per_page),
        import.details.last_event
    ));
    rows.fetch_all(&store.pool).await?.into_iter().map(ImportRow::try_from).collect()
}

/// Saves the outcome of rejected rows.
pub async fn save_rejected(connection: &mut Connection, import: i64, may_change_admins: bool) -> Result<(), AppError> {
    let kept = over_rows!(query!(
        "update public.import_rows set outcome = rows.outcome",
        "where import_rows.import = $2 and import_rows.line = rows.line
            and rows.outcome in ('invalid', 'duplicate', 'taken', 'changed')",
        may_change_admins,
        import
    ));
    kept.execute(connection).await?;
    Ok(())
}
