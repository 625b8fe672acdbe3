//! The list of users. Few candidates are found by an index and sorted; many are met by walking the
//! index of the sort and testing each.

use std::cmp::Reverse;

use sqlx::{query_as, query_scalar, types::time::OffsetDateTime};

use super::{Postgres, users::Row};
use crate::{
    domain::{AppError, Email, ListUsers, Page, SortField, Timestamp, User, UserStatus, needles},
    server::store::{
        FEW, is_few,
        span::{Key, Span, created_between},
    },
};

/// Reads an order from where the span starts.
macro_rules! walk {
    ($store:expr, $filters:expr, $span:expr, $status:literal, $key:literal, $bind:ident, $past:literal, $to:literal, $direction:literal) => {{
        let Filters { needles, email, created, .. } = $filters;
        let (start, end) = ($bind(&$span.start)?, $bind(&$span.end)?);
        query_as!(
            Row,
            "select id, name, email, version, created_at, updated_at, deleted_at
            from public.users
            where "
                + $status
                + " and ("
                + $key
                + ", id) "
                + $past
                + " ($1, $2) and "
                + $key
                + " "
                + $to
                + " $3
                and created_at between $4 and $5
                and ($6::text is null or email_key = $6)
                and ($7::text[] is null
                    or not exists (select 1 from unnest($7::text[]) as needle where strpos(search, needle) = 0))
            order by "
                + $key
                + " "
                + $direction
                + ", id "
                + $direction
                + " limit $8 offset $9",
            start,
            $span.start_id,
            end,
            created.0,
            created.1,
            email.as_deref(),
            needles.as_deref(),
            $span.limit,
            $span.offset
        )
        .fetch_all(&$store.pool)
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
            "select id, name, email, version, created_at, updated_at, deleted_at
            from public.users
            where seq = any($1::bigint[]) and "
                + $status
                + " and ("
                + $key
                + ", id) "
                + $past
                + " ($2, $3)
                and "
                + $key
                + " "
                + $to
                + " $4
                and created_at between $5 and $6
                and ($7::text is null or email_key = $7)
                and ($8::text[] is null
                    or not exists (select 1 from unnest($8::text[]) as needle where strpos(search, needle) = 0))
            order by "
                + $key
                + " "
                + $direction
                + ", id "
                + $direction
                + " limit $9 offset $10",
            $candidates,
            start,
            $span.start_id,
            end,
            created.0,
            created.1,
            email.as_deref(),
            needles.as_deref(),
            $span.limit,
            $span.offset
        )
        .fetch_all(&$store.pool)
        .await?
    }};
}

/// What a list asks of each row, as binds.
pub struct Filters {
    pub needles: Option<Vec<String>>,
    /// What the index of trigrams is asked: the three longest needles, as patterns of `like`.
    pub patterns: Option<[String; 3]>,
    pub email: Option<String>,
    pub created: (OffsetDateTime, OffsetDateTime),
    /// Whether `created` leaves anybody out.
    pub has_created: bool,
}

impl Filters {
    pub fn of(list: &ListUsers) -> Self {
        let needles = list.q.as_deref().map(needles);
        let created = created_between(list);
        Self {
            patterns: needles.as_deref().and_then(patterns),
            needles,
            email: list.email.as_deref().map(Email::key_of),
            created: (created.0.utc(), created.1.utc()),
            has_created: created != (Timestamp::MIN, Timestamp::MAX),
        }
    }
}

/// Three, some twice where there are fewer needles: it asks the same.
fn patterns(needles: &[String]) -> Option<[String; 3]> {
    let mut longest: Vec<&String> = needles.iter().collect();
    longest.sort_by_key(|needle| Reverse(needle.len()));
    let escaped = |needle: &str| needle.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    let pattern = |place: usize| longest.get(place).or(longest.first()).map(|needle| format!("%{}%", escaped(needle)));
    Some([pattern(0)?, pattern(1)?, pattern(2)?])
}

pub async fn list_users(store: &Postgres, list: &ListUsers) -> Result<Page<User>, AppError> {
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
    store: &Postgres,
    list: &ListUsers,
    filters: &Filters,
    span: &Span,
    deleted: bool,
) -> Result<Vec<User>, AppError> {
    let rows = match candidates(store, list, filters, deleted).await? {
        Some(seqs) => {
            for_status!(deleted, list.sort.field, span, sort!(store, filters, &seqs, span))
        }
        None => for_status!(deleted, list.sort.field, span, walk!(store, filters, span)),
    };
    rows.into_iter().map(User::try_from).collect()
}

/// Everybody whom a selective filter leaves; `None` when there is none that leaves few.
pub async fn candidates(
    store: &Postgres,
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
    if let Some(patterns) = &filters.patterns {
        let seqs = with_patterns(store, patterns).await?;
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

async fn with_email(store: &Postgres, email: &str, deleted: bool) -> Result<Vec<i64>, AppError> {
    let seqs = if deleted {
        query_scalar!(
            "select seq from public.users where deleted_at is not null and email_key = $1 limit $2",
            email,
            ENOUGH
        )
        .fetch_all(&store.pool)
        .await?
    } else {
        query_scalar!(
            "select seq from public.users where deleted_at is null and email_key = $1 limit $2",
            email,
            ENOUGH
        )
        .fetch_all(&store.pool)
        .await?
    };
    Ok(seqs)
}

async fn with_patterns(store: &Postgres, [one, two, three]: &[String; 3]) -> Result<Vec<i64>, AppError> {
    let seqs = query_scalar!(
        "select seq from public.users where search like $1 and search like $2 and search like $3 limit $4",
        one,
        two,
        three,
        ENOUGH
    );
    Ok(seqs.fetch_all(&store.pool).await?)
}

async fn created_within(
    store: &Postgres,
    (from, to): (OffsetDateTime, OffsetDateTime),
    deleted: bool,
) -> Result<Vec<i64>, AppError> {
    let seqs = if deleted {
        query_scalar!(
            "select seq from public.users where deleted_at is not null and created_at between $1 and $2 limit $3",
            from,
            to,
            ENOUGH
        )
        .fetch_all(&store.pool)
        .await?
    } else {
        query_scalar!(
            "select seq from public.users where deleted_at is null and created_at between $1 and $2 limit $3",
            from,
            to,
            ENOUGH
        )
        .fetch_all(&store.pool)
        .await?
    };
    Ok(seqs)
}

fn text(key: &Key) -> Result<&str, AppError> {
    key.text()
}

fn time(key: &Key) -> Result<OffsetDateTime, AppError> {
    key.time().map(Timestamp::utc)
}
