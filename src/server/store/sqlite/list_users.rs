//! The list of users. Few candidates are read by an index and sorted; otherwise the index of the sort is walked and
//! each row tested.

use std::time::Duration;

use futures::{FutureExt, TryStreamExt, stream::BoxStream};
use serde_json::json;
use sqlx::{Error, query_as, types::Uuid};
use tokio::time::sleep;

use super::{
    Sqlite,
    candidates::{Candidates, ENOUGH, Filters, Part, candidates},
    columns::Row,
    count_users::count_users,
    derived_columns::{forms, stored_keys},
};
use crate::{
    domain::{AppError, ListUsers, Page, SortField, Timestamp, User},
    server::store::{
        is_few,
        keyset::{Key, KeysetRange},
        search_forms::SearchForms,
        total::{Found, deleted_flags, total_by_last_page},
    },
};

/// Walks the index of the sort from the start of the range, and tests each row against the matches of the full-text
/// index (`$phrases`) or by its text (`$needles`). The `+` keeps the planner from using another index.
macro_rules! walk {
    ($store:expr, $filters:expr, $phrases:expr, $needles:expr, $span:expr, $status:literal, $key:literal, $bind:ident, $past:literal, $to:literal, $direction:literal) => {{
        let Filters { email, created, .. } = $filters;
        let (phrases, needles) = ($phrases, $needles);
        let (start, end) = ($bind(&$span.start)?, $bind(&$span.end)?);
        let rows = sql!(query_as!(
            Row,
            [
                "select " {user} " from users
                where " $status " and (" $key ", id) " $past " (?, ?) and " $key " " $to " ?
                    and +created_at between ? and ?
                    and (? is null or email_key = ?)
                    and (? is null or +seq in (select rowid from users_search where users_search match ?))
                    and (? is null or not exists (select 1 from json_each(?) where instr(search, value) = 0))
                order by " $key " " $direction ", id " $direction " limit ? offset ?"
            ],
            start,
            $span.start_id,
            end,
            created.0,
            created.1,
            email,
            email,
            phrases,
            phrases,
            needles,
            needles,
            $span.limit,
            $span.offset
        ));
        gathered(rows.fetch(&$store.readers), $span.limit).await?
    }};
}

/// Reads and sorts the candidates.
macro_rules! sort {
    ($store:expr, $filters:expr, $candidates:expr, $span:expr, $status:literal, $key:literal, $bind:ident, $past:literal, $to:literal, $direction:literal) => {{
        let Filters { needles, email, created, .. } = $filters;
        let (start, end) = ($bind(&$span.start)?, $bind(&$span.end)?);
        let rows = sql!(query_as!(
            Row,
            [
                "select " {user} " from json_each(?) as candidates cross join users on seq = candidates.value
                where " $status " and (" $key ", users.id) " $past " (?, ?) and " $key " " $to " ?
                    and created_at between ? and ?
                    and (? is null or email_key = ?)
                    and (? is null or not exists (select 1 from json_each(?) as needles where instr(search, needles.value) = 0))
                order by " $key " " $direction ", users.id " $direction " limit ? offset ?"
            ],
            $candidates,
            start,
            $span.start_id,
            end,
            created.0,
            created.1,
            email,
            email,
            needles,
            needles,
            $span.limit,
            $span.offset
        ));
        gathered(rows.fetch(&$store.readers), $span.limit).await?
    }};
}

/// Reads the users with an address; at most one of them is active.
macro_rules! with_email {
    ($store:expr, $email:expr, $needles:expr, $created:expr, $status:literal) => {
        sql!(query_as!(
            Row,
            [
                "select " {user} " from users
                where " $status " and email_key = ? and +created_at between ? and ?
                    and (? is null or not exists (select 1 from json_each(?) where instr(search, value) = 0))
                limit ?"
            ],
            $email,
            $created.0,
            $created.1,
            $needles,
            $needles,
            ENOUGH
        ))
        .fetch_all(&$store.readers)
        .await?
    };
}

pub async fn list_users(store: &Sqlite, list: &ListUsers) -> Result<Page<User>, AppError> {
    Ok(page(store, list, &forms(store, list).await?).await?.0)
}

/// A page with the total of the whole list. On the last page the total follows from the page itself; on other pages the
/// candidates of the page are counted.
pub async fn list_users_with_total(store: &Sqlite, list: &ListUsers) -> Result<Page<User>, AppError> {
    let forms = forms(store, list).await?;
    let (page, parts) = page(store, list, &forms).await?;
    let total = match total_by_last_page(&page) {
        Some(total) => total,
        None => count_users(store, list, &forms, parts).await?,
    };
    Ok(Page { total: Some(total), ..page })
}

async fn page(store: &Sqlite, list: &ListUsers, forms: &SearchForms) -> Result<(Page<User>, Vec<Part>), AppError> {
    let span = KeysetRange::of(list)?;
    let filters = forms.union().into_iter().map(|terms| Filters::of(list, terms));
    let searches: Vec<_> = filters
        .flat_map(|filters| deleted_flags(list.status).iter().map(move |deleted| (filters.clone(), *deleted)))
        .collect();
    let is_merged = searches.len() > 1;
    let range = if is_merged { span.to_merge() } else { span.clone() };
    let (mut users, mut parts) = (Vec::new(), Vec::with_capacity(searches.len()));
    for (filters, deleted) in searches {
        let (rows, found) = rows(store, list, &filters, &range, deleted).await?;
        users.extend(rows);
        parts.push(Part { filters, deleted, found });
    }
    if is_merged {
        let keys = stored_keys(store, list, &users).await?;
        users = span.merge(list, users, &keys);
    }
    let keys = stored_keys(store, list, KeysetRange::edges(list, &users)).await?;
    Ok((span.page(list, users, &keys)?, parts))
}

async fn rows(
    store: &Sqlite,
    list: &ListUsers,
    filters: &Filters,
    span: &KeysetRange,
    deleted: bool,
) -> Result<(Vec<User>, Found<Candidates>), AppError> {
    if let Some(users) = users_with_email(store, filters, deleted).await? {
        let count = i64::try_from(users.len()).map_err(AppError::internal)?;
        let keys = stored_keys(store, list, &users).await?;
        return Ok((span.within(list, users, &keys), Found::Count(count)));
    }
    let candidates = candidates(store, list, filters, deleted).await?;
    let rows = match &candidates {
        Candidates::Few(seqs) => {
            let seqs = json!(seqs).to_string();
            for_status!(deleted, list.sort.field, span, sort!(store, filters, seqs, span))
        }
        Candidates::Some => {
            for_status!(deleted, list.sort.field, span, walk!(store, filters, &filters.phrases, NO_TEXT, span))
        }
        Candidates::Many => {
            for_status!(deleted, list.sort.field, span, walk!(store, filters, NO_TEXT, &filters.needles, span))
        }
    };
    let users = rows.into_iter().map(User::try_from).collect::<Result<_, _>>()?;
    Ok((users, Found::Candidates(candidates)))
}

const NO_TEXT: &Option<String> = &None;

/// All users with the address that a list filters by, in one statement; `None` without that filter, or if there are too
/// many.
async fn users_with_email(store: &Sqlite, filters: &Filters, deleted: bool) -> Result<Option<Vec<User>>, AppError> {
    let Filters { email: Some(email), needles, created, .. } = filters else { return Ok(None) };
    let rows = if deleted {
        with_email!(store, email, needles, created, "deleted_at is not null")
    } else {
        with_email!(store, email, needles, created, "deleted_at is null")
    };
    if !is_few(&rows) {
        return Ok(None);
    }
    rows.into_iter().map(User::try_from).collect::<Result<_, _>>().map(Some)
}

/// Collects all rows. SQLite's thread wakes the waiting task for each row, which costs more than the row. Large results
/// are therefore polled at intervals; the thread reads ahead up to `Sqlite::ROW_BUFFER` rows.
async fn gathered(mut rows: BoxStream<'_, Result<Row, Error>>, most: i64) -> Result<Vec<Row>, Error> {
    if most <= FEW_ROWS {
        return rows.try_collect().await;
    }
    let mut gathered = Vec::new();
    loop {
        match rows.try_next().now_or_never() {
            Some(row) => match row? {
                Some(row) => gathered.push(row),
                None => return Ok(gathered),
            },
            None => sleep(MEANWHILE).await,
        }
    }
}

/// The maximum number of rows of a page in the browser, including the one that shows whether there is another page.
const FEW_ROWS: i64 = ListUsers::MAX_PER_PAGE as i64 + 1;
/// The polling interval: the resolution of tokio's timers.
const MEANWHILE: Duration = Duration::from_millis(1);

fn text(key: &Key) -> Result<&str, AppError> {
    key.text()
}

fn time(key: &Key) -> Result<i64, AppError> {
    key.time().map(Timestamp::unix_micros)
}
