//! The list of users. Few candidates are found by an index and sorted; many are met by walking the
//! index of the sort and testing each.

use serde_json::json;
use sqlx::{query_as, query_scalar, types::Uuid};

use super::{Sqlite, users::Row};
use crate::{
    domain::{AppError, Email, ListUsers, Page, SortField, Timestamp, User, UserStatus, needles},
    server::store::{
        FEW, is_few,
        span::{Key, Span, created_between},
    },
};

/// Reads an order from where the span starts. The `+` keeps the planner from starting where the times
/// do instead.
macro_rules! walk {
    ($store:expr, $filters:expr, $span:expr, $status:literal, $key:literal, $bind:ident, $past:literal, $to:literal, $direction:literal) => {{
        let Filters { needles, email, created, .. } = $filters;
        let (start, end) = ($bind(&$span.start)?, $bind(&$span.end)?);
        query_as!(
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
            needles,
            needles,
            $span.limit,
            $span.offset
        )
        .fetch_all(&$store.readers)
        .await?
    }};
}

/// Sorts candidates.
macro_rules! sort {
    ($store:expr, $filters:expr, $candidates:expr, $span:expr, $status:literal, $key:literal, $bind:ident, $past:literal, $to:literal, $direction:literal) => {{
        let Filters { needles, email, created, .. } = $filters;
        let (start, end) = ($bind(&$span.start)?, $bind(&$span.end)?);
        query_as!(
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
        )
        .fetch_all(&$store.readers)
        .await?
    }};
}

/// What a list asks of each row, as binds.
pub struct Filters {
    /// A JSON array.
    pub needles: Option<String>,
    /// What the index of needles is asked (FTS5): each as a phrase.
    pub phrases: Option<String>,
    pub email: Option<String>,
    pub created: (i64, i64),
    /// Whether `created` leaves anybody out.
    pub has_created: bool,
}

impl Filters {
    pub fn of(list: &ListUsers) -> Self {
        let needles = list.q.as_deref().map(needles);
        let phrase = |needle: &String| format!("\"{}\"", needle.replace('"', "\"\""));
        let created = created_between(list);
        Self {
            phrases: needles.as_ref().map(|needles| needles.iter().map(phrase).collect::<Vec<_>>().join(" ")),
            needles: needles.map(|needles| json!(needles).to_string()),
            email: list.email.as_deref().map(Email::key_of),
            created: (created.0.unix_micros(), created.1.unix_micros()),
            has_created: created != (Timestamp::MIN, Timestamp::MAX),
        }
    }
}

pub async fn list_users(store: &Sqlite, list: &ListUsers) -> Result<Page<User>, AppError> {
    let (span, filters) = (Span::of(list)?, Filters::of(list));
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
    span: &Span,
    deleted: bool,
) -> Result<Vec<User>, AppError> {
    let rows = match candidates(store, list, filters, deleted).await? {
        Some(seqs) => {
            let seqs = json!(seqs).to_string();
            for_status!(deleted, list.sort.field, span, sort!(store, filters, seqs, span))
        }
        None => for_status!(deleted, list.sort.field, span, walk!(store, filters, span)),
    };
    rows.into_iter().map(User::try_from).collect()
}

/// Everybody whom a selective filter leaves; `None` when there is none that leaves few.
pub async fn candidates(
    store: &Sqlite,
    list: &ListUsers,
    filters: &Filters,
    deleted: bool,
) -> Result<Option<Vec<i64>>, AppError> {
    if let Some(email) = &filters.email {
        let seqs = with_email(store, email, deleted).await?;
        if is_few(&seqs) {
            return Ok(Some(seqs));
        }
    }
    if let Some(phrases) = &filters.phrases {
        let seqs = with_phrases(store, phrases).await?;
        if is_few(&seqs) {
            return Ok(Some(seqs));
        }
    }
    // In the order of their creation they are a part of the walk.
    if filters.has_created && list.sort.field != SortField::CreatedAt {
        let seqs = created_within(store, filters.created, deleted).await?;
        if is_few(&seqs) {
            return Ok(Some(seqs));
        }
    }
    Ok(None)
}

/// One more than few are enough to know that they are many.
const ENOUGH: i64 = FEW + 1;

async fn with_email(store: &Sqlite, email: &str, deleted: bool) -> Result<Vec<i64>, AppError> {
    let seqs = if deleted {
        query_scalar!("select seq from users where deleted_at is not null and email_key = ? limit ?", email, ENOUGH)
            .fetch_all(&store.readers)
            .await?
    } else {
        query_scalar!("select seq from users where deleted_at is null and email_key = ? limit ?", email, ENOUGH)
            .fetch_all(&store.readers)
            .await?
    };
    Ok(seqs)
}

async fn with_phrases(store: &Sqlite, phrases: &str) -> Result<Vec<i64>, AppError> {
    let seqs = query_scalar!(
        r#"select rowid as "seq!: i64" from users_search where users_search match ? limit ?"#,
        phrases,
        ENOUGH
    );
    Ok(seqs.fetch_all(&store.readers).await?)
}

async fn created_within(store: &Sqlite, (from, to): (i64, i64), deleted: bool) -> Result<Vec<i64>, AppError> {
    let seqs = if deleted {
        query_scalar!(
            "select seq from users where deleted_at is not null and created_at between ? and ? limit ?",
            from,
            to,
            ENOUGH
        )
        .fetch_all(&store.readers)
        .await?
    } else {
        query_scalar!(
            "select seq from users where deleted_at is null and created_at between ? and ? limit ?",
            from,
            to,
            ENOUGH
        )
        .fetch_all(&store.readers)
        .await?
    };
    Ok(seqs)
}

fn text(key: &Key) -> Result<&str, AppError> {
    key.text()
}

fn time(key: &Key) -> Result<i64, AppError> {
    key.time().map(Timestamp::unix_micros)
}
