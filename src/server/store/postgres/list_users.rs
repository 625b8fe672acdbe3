//! The list of users. Few candidates are read by an index and sorted; otherwise the index of the sort is walked and
//! each row tested.

use chrono::{DateTime, Utc};
use sqlx::query_as;

use super::{
    Postgres,
    candidates::{ENOUGH, Filters, candidates},
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

/// Walks the index of the sort from the start of the range.
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
                and ($7::text is null or (strpos(search, $7) > 0 and strpos(search, $8) > 0 and strpos(search, $9) > 0))
                and ($10::text[] is null
                    or not exists (select 1 from unnest($10::text[]) as needle where strpos(search, needle) = 0))
            order by "
                + $key
                + " "
                + $direction
                + ", id "
                + $direction
                + " limit $11 offset $12",
            start,
            $span.start_id,
            end,
            created.0,
            created.1,
            email.as_deref(),
            needles.one.as_deref(),
            needles.two.as_deref(),
            needles.three.as_deref(),
            needles.more.as_deref(),
            $span.limit,
            $span.offset
        )
        .fetch_all(&$store.pool)
        .await?
    }};
}

/// Reads and sorts the candidates.
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
            needles.all.as_deref(),
            $span.limit,
            $span.offset
        )
        .fetch_all(&$store.pool)
        .await?
    }};
}

/// Reads the users with an address; at most one of them is active.
macro_rules! with_email {
    ($store:expr, $email:expr, $needles:expr, $created:expr, $status:literal) => {
        query_as!(
            Row,
            "select id, name, email, version, created_at, updated_at, deleted_at
            from public.users
            where "
                + $status
                + " and email_key = $1 and created_at between $2 and $3
                and ($4::text[] is null
                    or not exists (select 1 from unnest($4::text[]) as needle where strpos(search, needle) = 0))
            limit $5",
            $email,
            $created.0,
            $created.1,
            $needles.all.as_deref(),
            ENOUGH
        )
        .fetch_all(&$store.pool)
        .await?
    };
}

pub async fn list_users(store: &Postgres, list: &ListUsers) -> Result<Page<User>, AppError> {
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
    store: &Postgres,
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
        Some(seqs) => {
            for_status!(deleted, list.sort.field, span, sort!(store, filters, &seqs, span))
        }
        None => for_status!(deleted, list.sort.field, span, walk!(store, filters, span)),
    };
    rows.into_iter().map(User::try_from).collect()
}

/// All users with the address that a list filters by, in one statement; `None` without that filter, or if there are too
/// many.
async fn users_with_email(store: &Postgres, filters: &Filters, deleted: bool) -> Result<Option<Vec<User>>, AppError> {
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

fn text(key: &Key) -> Result<&str, AppError> {
    key.text()
}

fn time(key: &Key) -> Result<DateTime<Utc>, AppError> {
    key.time().map(Timestamp::utc)
}
