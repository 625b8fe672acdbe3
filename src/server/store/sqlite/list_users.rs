//! The list of users. Few candidates are read by an index and sorted; otherwise the index of the sort is walked and
//! each row tested.

use std::time::Duration;

use futures::{FutureExt, TryStreamExt, stream::BoxStream};
use serde_json::json;
use sqlx::{Error, query_as, types::Uuid};
use tokio::time::sleep;

use super::{
    Sqlite,
    candidates::{Candidates, ENOUGH, Filters, candidates},
    derived_columns::{forms, stored_keys},
    user_rows::Row,
};
use crate::{
    domain::{AppError, ListUsers, Page, SortField, Timestamp, User, UserStatus},
    server::store::{
        is_few,
        keyset::{Key, KeysetRange},
    },
};

/// Walks the index of the sort from the start of the range, and tests each row against the matches of the full-text
/// index (`$phrases`) or by its text (`$needles`). The `+` keeps the planner from using another index.
macro_rules! walk {
    ($store:expr, $filters:expr, $phrases:expr, $needles:expr, $span:expr, $status:literal, $key:literal, $bind:ident, $past:literal, $to:literal, $direction:literal) => {{
        let Filters { email, created, .. } = $filters;
        let (phrases, needles) = ($phrases, $needles);
        let (start, end) = ($bind(&$span.start)?, $bind(&$span.end)?);
        let rows = query_as!(
            Row,
            r#"select id as "id: Uuid", name, email, version, created_at, updated_at, deleted_at
            from users
            where "#
                + $status
                + " and ("
                + $key
                + ", id) "
                + $past
                + " (?, ?) and "
                + $key
                + " "
                + $to
                + " ?
                and +created_at between ? and ?
                and (? is null or email_key = ?)
                and (? is null or +seq in (select rowid from users_search where users_search match ?))
                and (? is null or not exists (select 1 from json_each(?) where instr(search, value) = 0))
            order by "
                + $key
                + " "
                + $direction
                + ", id "
                + $direction
                + " limit ? offset ?",
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
        );
        gathered(rows.fetch(&$store.readers), $span.limit).await?
    }};
}

/// Reads and sorts the candidates.
macro_rules! sort {
    ($store:expr, $filters:expr, $candidates:expr, $span:expr, $status:literal, $key:literal, $bind:ident, $past:literal, $to:literal, $direction:literal) => {{
        let Filters { needles, email, created, .. } = $filters;
        let (start, end) = ($bind(&$span.start)?, $bind(&$span.end)?);
        let rows = query_as!(
            Row,
            r#"select users.id as "id: Uuid", name, email, version, created_at, updated_at, deleted_at
            from json_each(?) as candidates cross join users on seq = candidates.value
            where "# + $status + " and (" + $key + ", users.id) " + $past + " (?, ?) and " + $key + " " + $to + " ?
                and created_at between ? and ?
                and (? is null or email_key = ?)
                and (? is null or not exists (select 1 from json_each(?) as needles where instr(search, needles.value) = 0))
            order by " + $key + " " + $direction + ", users.id " + $direction + " limit ? offset ?",
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
        );
        gathered(rows.fetch(&$store.readers), $span.limit).await?
    }};
}

/// Reads the users with an address; at most one of them is active.
macro_rules! with_email {
    ($store:expr, $email:expr, $needles:expr, $created:expr, $status:literal) => {
        query_as!(
            Row,
            r#"select id as "id: Uuid", name, email, version, created_at, updated_at, deleted_at
            from users
            where "#
                + $status
                + " and email_key = ? and +created_at between ? and ?
                and (? is null or not exists (select 1 from json_each(?) where instr(search, value) = 0))
            limit ?",
            $email,
            $created.0,
            $created.1,
            $needles,
            $needles,
            ENOUGH
        )
        .fetch_all(&$store.readers)
        .await?
    };
}

pub async fn list_users(store: &Sqlite, list: &ListUsers) -> Result<Page<User>, AppError> {
    let span = KeysetRange::of(list)?;
    let mut parts = Vec::new();
    for terms in forms(store, list).await?.union() {
        let filters = Filters::of(list, terms);
        match list.status {
            UserStatus::Active => parts.push((filters, false)),
            UserStatus::Deleted => parts.push((filters, true)),
            UserStatus::All => parts.extend([(filters.clone(), false), (filters, true)]),
        }
    }
    let users = match parts.as_slice() {
        [(filters, deleted)] => rows(store, list, filters, &span, *deleted).await?,
        parts => {
            let (first, mut users) = (span.to_merge(), Vec::new());
            for (filters, deleted) in parts {
                users.extend(rows(store, list, filters, &first, *deleted).await?);
            }
            let keys = stored_keys(store, list, &users).await?;
            span.merge(list, users, &keys)
        }
    };
    let keys = stored_keys(store, list, KeysetRange::edges(list, &users)).await?;
    span.page(list, users, &keys)
}

async fn rows(
    store: &Sqlite,
    list: &ListUsers,
    filters: &Filters,
    span: &KeysetRange,
    deleted: bool,
) -> Result<Vec<User>, AppError> {
    if let Some(users) = users_with_email(store, filters, deleted).await? {
        let keys = stored_keys(store, list, &users).await?;
        return Ok(span.within(list, users, &keys));
    }
    let rows = match candidates(store, list, filters, deleted).await? {
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
    rows.into_iter().map(User::try_from).collect()
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
