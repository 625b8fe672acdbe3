//! The list of users. Few candidates are found by an index and sorted; many are met by walking the
//! index of the sort and testing each.

use std::time::Duration;

use futures::{FutureExt, TryStreamExt, stream::BoxStream};
use serde_json::json;
use sqlx::{Error, query_as, types::Uuid};
use tokio::time::sleep;

use super::{
    Sqlite,
    candidates::{Candidates, ENOUGH, Filters, candidates},
    columns::Row,
};
use crate::{
    domain::{AppError, ListUsers, Page, SortField, Timestamp, User, UserStatus},
    server::store::{
        is_few,
        keyset::{Key, KeysetRange},
    },
};

/// Reads an order from where the span starts, and tests what it meets: by what the index of needles
/// gathered (`$phrases`), or by its text. The `+` keeps the planner from starting elsewhere.
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

/// Sorts candidates.
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

/// Has an address. An active user has it alone.
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
    let (span, filters) = (KeysetRange::of(list)?, Filters::of(list));
    let users = match list.status {
        UserStatus::Active => rows(store, list, &filters, &span, false).await?,
        UserStatus::Deleted => rows(store, list, &filters, &span, true).await?,
        UserStatus::All => {
            let first = span.to_merge();
            let active = rows(store, list, &filters, &first, false).await?;
            span.merge(list, active, rows(store, list, &filters, &first, true).await?)
        }
    };
    span.page(list, users)
}

async fn rows(
    store: &Sqlite,
    list: &ListUsers,
    filters: &Filters,
    span: &KeysetRange,
    deleted: bool,
) -> Result<Vec<User>, AppError> {
    if let Some(users) = users_with_email(store, filters, deleted).await? {
        return Ok(span.within(list, users));
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

/// Everybody with the address that a list asks for, in one step; `None` when it asks for none, or
/// for one that too many had.
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

/// All rows. SQLite has a thread of its own and wakes who waits for each of them, which costs more than
/// the row: of many, those are taken every now and then that have come (`Sqlite::ROW_BUFFER` at the most).
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

/// A page that somebody looks at has no more, and one more that says that there are.
const FEW_ROWS: i64 = ListUsers::MAX_PER_PAGE as i64 + 1;
/// The least that the clock of tokio tells apart.
const MEANWHILE: Duration = Duration::from_millis(1);

fn text(key: &Key) -> Result<&str, AppError> {
    key.text()
}

fn time(key: &Key) -> Result<i64, AppError> {
    key.time().map(Timestamp::unix_micros)
}
