//! The statements of a list of users. Few candidates are read by an index and sorted; otherwise the index of the sort is
//! walked and each row tested.

use std::time::Duration;

use futures::{FutureExt, TryStreamExt, stream::BoxStream};
use serde_json::json;
use sqlx::{Error, query_as, types::Uuid};
use tokio::time::sleep;

use super::{
    Sqlite,
    candidates::{Candidates, Filters, candidates},
    columns::Row,
    count_users::{count, total},
};
use crate::{
    domain::{AppError, ListUsers, SortField, Timestamp, Total, User},
    server::store::{
        CANDIDATE_LIMIT,
        keyset::{Key, KeysetRange},
        list_users::{ListStatements, Part},
        search_forms::{SearchForms, SearchTerms},
        total::Counted,
    },
};

/// Walks the index of the sort from the start of the range, and tests each row against the matches of the full-text
/// index (`$phrases`) or by its text (`$needles`). The `+` keeps the planner from using another index.
macro_rules! walk {
    ($store:expr, $filters:expr, $phrases:expr, $needles:expr, $range:expr, $status:literal, $key:literal, $bind:ident, $past:literal, $to:literal, $direction:literal) => {{
        let Filters { email, created, .. } = $filters;
        let (phrases, needles) = ($phrases, $needles);
        let (start, end) = ($bind(&$range.start)?, $bind(&$range.end)?);
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
            $range.start_id,
            end,
            created.0,
            created.1,
            email,
            email,
            phrases,
            phrases,
            needles,
            needles,
            $range.limit,
            $range.offset
        ));
        collect_rows(rows.fetch(&$store.readers), $range.limit).await?
    }};
}

/// Reads and sorts the candidates.
macro_rules! sort {
    ($store:expr, $filters:expr, $candidates:expr, $range:expr, $status:literal, $key:literal, $bind:ident, $past:literal, $to:literal, $direction:literal) => {{
        let Filters { needles, email, created, .. } = $filters;
        let (start, end) = ($bind(&$range.start)?, $bind(&$range.end)?);
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
            $range.start_id,
            end,
            created.0,
            created.1,
            email,
            email,
            needles,
            needles,
            $range.limit,
            $range.offset
        ));
        collect_rows(rows.fetch(&$store.readers), $range.limit).await?
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
            CANDIDATE_LIMIT
        ))
        .fetch_all(&$store.readers)
        .await?
    };
}

impl ListStatements for Sqlite {
    type Filters = Filters;
    type Candidates = Candidates;

    fn filters(list: &ListUsers, terms: SearchTerms) -> Filters {
        Filters::of(list, terms)
    }

    async fn users_with_email(&self, filters: &Filters, deleted: bool) -> Result<Option<Vec<User>>, AppError> {
        let Filters { email: Some(email), needles, created, .. } = filters else { return Ok(None) };
        let rows = if deleted {
            with_email!(self, email, needles, created, "deleted_at is not null")
        } else {
            with_email!(self, email, needles, created, "deleted_at is null")
        };
        rows.into_iter().map(User::try_from).collect::<Result<_, _>>().map(Some)
    }

    async fn candidates(&self, list: &ListUsers, filters: &Filters, deleted: bool) -> Result<Candidates, AppError> {
        candidates(self, list, filters, deleted).await
    }

    async fn rows(
        &self,
        list: &ListUsers,
        filters: &Filters,
        candidates: &Candidates,
        range: &KeysetRange,
        deleted: bool,
    ) -> Result<Vec<User>, AppError> {
        let rows = match candidates {
            Candidates::Rows(seqs) => {
                let seqs = json!(seqs).to_string();
                for_status!(deleted, list.sort.field, range, sort!(self, filters, seqs, range))
            }
            Candidates::WalkMatches => {
                for_status!(deleted, list.sort.field, range, walk!(self, filters, &filters.phrases, NO_TEXT, range))
            }
            Candidates::WalkText => {
                for_status!(deleted, list.sort.field, range, walk!(self, filters, NO_TEXT, &filters.needles, range))
            }
        };
        rows.into_iter().map(User::try_from).collect()
    }

    async fn count(
        &self,
        filters: &Filters,
        candidates: Candidates,
        limit: Option<i64>,
        deleted: bool,
    ) -> Result<Counted, AppError> {
        count(self, filters, candidates, limit, deleted).await
    }

    async fn total(&self, list: &ListUsers, forms: &SearchForms, parts: Vec<Part<Self>>) -> Result<Total, AppError> {
        total(self, list, forms, parts).await
    }
}

const NO_TEXT: &Option<String> = &None;

/// Collects all rows. SQLite's thread wakes the waiting task for each row, which costs more than the row. Large results
/// are therefore polled at intervals; the thread reads ahead up to `Sqlite::ROW_BUFFER` rows.
async fn collect_rows(mut rows: BoxStream<'_, Result<Row, Error>>, limit: i64) -> Result<Vec<Row>, Error> {
    if limit <= MAX_BROWSER_PAGE {
        return rows.try_collect().await;
    }
    let mut collected = Vec::new();
    loop {
        match rows.try_next().now_or_never() {
            Some(row) => match row? {
                Some(row) => collected.push(row),
                None => return Ok(collected),
            },
            None => sleep(POLL_INTERVAL).await,
        }
    }
}

/// The maximum number of rows of a page in the browser, including the one that shows whether there is another page.
const MAX_BROWSER_PAGE: i64 = ListUsers::MAX_PER_PAGE as i64 + 1;
/// The polling interval: the resolution of tokio's timers.
const POLL_INTERVAL: Duration = Duration::from_millis(1);

fn text(key: &Key) -> Result<&str, AppError> {
    key.text()
}

fn time(key: &Key) -> Result<i64, AppError> {
    key.time().map(Timestamp::unix_micros)
}
