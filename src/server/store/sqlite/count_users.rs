use serde_json::json;
use sqlx::{query, query_scalar};

use super::{
    Sqlite,
    candidates::{Candidates, Filters, candidates},
    derived_columns::forms,
};
use crate::{
    domain::{AppError, ListUsers, Total, UserStatus},
    server::store::{
        search_forms::SearchTerms,
        total::{COUNTED, Counted},
    },
};

/// SQLite's value for no limit.
const ALL: i64 = -1;

/// The number of users in a list, of the active or the deleted ones.
macro_rules! counts_where {
    ($store:expr, $filters:expr, $candidates:expr, $limit:expr, $status:literal) => {{
        let Filters { needles, phrases, email, created, .. } = $filters;
        match ($candidates, phrases) {
            (Candidates::Few(seqs), _) => {
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
                Counted { count: row.count, looked: row.looked }
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

/// The exact count.
pub async fn count_users(store: &Sqlite, list: &ListUsers) -> Result<Total, AppError> {
    let counted = count(store, list, ALL).await?;
    Ok(Total::Exactly(counted.count.unsigned_abs()))
}

/// An estimate, which reads a limited number of rows.
pub async fn estimate_users(store: &Sqlite, list: &ListUsers) -> Result<Total, AppError> {
    let counted = count(store, list, COUNTED).await?;
    let is_known = list.status == UserStatus::Active && list.is_unfiltered();
    Ok(counted.total(is_known.then_some(counted.count)))
}

async fn count(store: &Sqlite, list: &ListUsers, limit: i64) -> Result<Counted, AppError> {
    let forms = forms(store, list).await?;
    let mut counted = Counted::default();
    for terms in forms.union() {
        counted += count_sought(store, list, terms, limit).await?;
    }
    for terms in forms.overlap() {
        counted.count -= count_sought(store, list, terms, limit).await?.count;
    }
    Ok(counted)
}

async fn count_sought(store: &Sqlite, list: &ListUsers, terms: SearchTerms, limit: i64) -> Result<Counted, AppError> {
    let filters = &Filters::of(list, terms);
    if !filters.leave_anybody_out() {
        return kept_count(store, list.status).await;
    }
    let mut counted = Counted::default();
    if list.status != UserStatus::Deleted {
        let candidates = candidates(store, list, filters, false).await?;
        counted += counts_where!(store, filters, candidates, limit, "deleted_at is null");
    }
    if list.status != UserStatus::Active {
        let candidates = candidates(store, list, filters, true).await?;
        counted += counts_where!(store, filters, candidates, limit, "deleted_at is not null");
    }
    Ok(counted)
}

/// The count that triggers maintain.
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
