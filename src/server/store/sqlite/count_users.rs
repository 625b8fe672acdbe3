use serde_json::json;
use sqlx::{query, query_scalar};

use super::{
    Sqlite,
    candidates::{Candidates, Filters},
};
use crate::{
    domain::{AppError, ListUsers, Total, UserStatus},
    server::store::{
        list_users::{Part, count_parts},
        search_forms::SearchForms,
        total::Counted,
    },
};

/// SQLite's value for no limit.
const ALL: i64 = -1;

/// The number of users in a list, of the active or the deleted ones.
macro_rules! counts_where {
    ($store:expr, $filters:expr, $candidates:expr, $limit:expr, $status:literal) => {{
        let Filters { needles, phrases, email, created, .. } = $filters;
        match ($candidates, phrases) {
            (Candidates::Rows(seqs), _) => {
                let seqs = json!(seqs).to_string();
                query_scalar!(
                    r#"select count(*) as "count: i64" from json_each(?) as candidates cross join users on seq = candidates.value
                    where "# + $status + " and created_at between ? and ? and (? is null or email_key = ?)
                        and (? is null or not exists (select 1 from json_each(?) as needles where instr(search, needles.value) = 0))",
                    seqs, created.0, created.1, email, email, needles, needles
                )
                .fetch_one(&$store.readers)
                .await?
                .into()
            }
            (_, Some(phrases)) => {
                let row = query!(
                    r#"select count(*) filter (where "# + $status + r#" and created_at between ? and ?
                            and (? is null or email_key = ?)) as "count: i64", count(*) as "looked: i64"
                    from (select rowid from users_search where users_search match ? limit ?) as found
                        cross join users on seq = found.rowid"#,
                    created.0, created.1, email, email, phrases, $limit
                )
                .fetch_one(&$store.readers)
                .await?;
                Counted { count: row.count, rows_read: row.looked }
            }
            (_, None) => {
                query_scalar!(
                    r#"select count(*) as "count: i64" from (
                        select 1 from users
                        where "# + $status + " and created_at between ? and ? and (? is null or email_key = ?)
                        limit ?
                    )",
                    created.0, created.1, email, email, $limit
                )
                .fetch_one(&$store.readers)
                .await?
                .into()
            }
        }
    }};
}

/// The total of a list of all users is the count that triggers maintain.
pub async fn total(
    store: &Sqlite,
    list: &ListUsers,
    forms: &SearchForms,
    parts: Vec<Part<Sqlite>>,
) -> Result<Total, AppError> {
    if list.is_unfiltered() {
        let counted = kept_count(store, list.status).await?;
        let known = (list.status == UserStatus::Active).then_some(counted.count);
        return Ok(if list.count { counted.exactly() } else { counted.total(known) });
    }
    let counted = count_parts(store, list, forms, parts).await?;
    Ok(if list.count { counted.exactly() } else { counted.total(None) })
}

pub async fn count(
    store: &Sqlite,
    filters: &Filters,
    candidates: Candidates,
    limit: Option<i64>,
    deleted: bool,
) -> Result<Counted, AppError> {
    let limit = limit.unwrap_or(ALL);
    Ok(if deleted {
        counts_where!(store, filters, candidates, limit, "deleted_at is not null")
    } else {
        counts_where!(store, filters, candidates, limit, "deleted_at is null")
    })
}

async fn kept_count(store: &Sqlite, status: UserStatus) -> Result<Counted, AppError> {
    let (first, last) = match status {
        UserStatus::Active => (0, 0),
        UserStatus::Deleted => (1, 1),
        UserStatus::All => (0, 1),
    };
    let count = query_scalar!(
        r#"select sum(count) as "count!: i64" from user_totals where is_deleted between ? and ?"#,
        first,
        last
    );
    Ok(count.fetch_one(&store.readers).await?.into())
}
