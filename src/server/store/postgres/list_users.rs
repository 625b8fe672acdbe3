//! The list of users. Few candidates are found by an index and sorted; many are met by walking the
//! index of the sort and testing each.

use chrono::{DateTime, Utc};
use sqlx::query_as;

use super::{
    Postgres,
    candidates::{ENOUGH, Filters, candidates},
    columns::Row,
};
use crate::{
    domain::{AppError, ListUsers, Page, SortField, Timestamp, User, UserStatus},
    server::store::{
        is_few,
        keyset::{Key, KeysetRange},
    },
};

/// Reads an order from where the span starts.
macro_rules! walk {
    ($store:expr, $filters:expr, $span:expr, $status:literal, $key:literal, $bind:ident, $past:literal, $to:literal, $direction:literal) => {{
        let Filters { needles, email, created, .. } = $filters;
        let (start, end) = ($bind(&$span.start)?, $bind(&$span.end)?);
        sql!(query_as!(
            Row,
            [
                "select " {user} " from public.users
                where " $status " and (" $key ", id) " $past " ($1, $2) and " $key " " $to " $3
                    and created_at between $4 and $5
                    and ($6::text is null or email_key = $6)
                    and ($7::text is null
                        or (strpos(search, $7) > 0 and strpos(search, $8) > 0 and strpos(search, $9) > 0))
                    and ($10::text[] is null
                        or not exists (select 1 from unnest($10::text[]) as needle where strpos(search, needle) = 0))
                order by " $key " " $direction ", id " $direction " limit $11 offset $12"
            ],
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
        ))
        .fetch_all(&$store.pool)
        .await?
    }};
}

/// Sorts candidates.
macro_rules! sort {
    ($store:expr, $filters:expr, $candidates:expr, $span:expr, $status:literal, $key:literal, $bind:ident, $past:literal, $to:literal, $direction:literal) => {{
        let Filters { needles, email, created, .. } = $filters;
        let (start, end) = ($bind(&$span.start)?, $bind(&$span.end)?);
        sql!(query_as!(
            Row,
            [
                "select " {user} " from public.users
                where seq = any($1::bigint[]) and " $status " and (" $key ", id) " $past " ($2, $3)
                    and " $key " " $to " $4
                    and created_at between $5 and $6
                    and ($7::text is null or email_key = $7)
                    and ($8::text[] is null
                        or not exists (select 1 from unnest($8::text[]) as needle where strpos(search, needle) = 0))
                order by " $key " " $direction ", id " $direction " limit $9 offset $10"
            ],
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
        ))
        .fetch_all(&$store.pool)
        .await?
    }};
}

/// Has an address. An active user has it alone.
macro_rules! with_email {
    ($store:expr, $email:expr, $needles:expr, $created:expr, $status:literal) => {
        sql!(query_as!(
            Row,
            [
                "select " {user} " from public.users
                where " $status " and email_key = $1 and created_at between $2 and $3
                    and ($4::text[] is null
                        or not exists (select 1 from unnest($4::text[]) as needle where strpos(search, needle) = 0))
                limit $5"
            ],
            $email,
            $created.0,
            $created.1,
            $needles.all.as_deref(),
            ENOUGH
        ))
        .fetch_all(&$store.pool)
        .await?
    };
}

pub async fn list_users(store: &Postgres, list: &ListUsers) -> Result<Page<User>, AppError> {
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
    store: &Postgres,
    list: &ListUsers,
    filters: &Filters,
    span: &KeysetRange,
    deleted: bool,
) -> Result<Vec<User>, AppError> {
    if let Some(users) = users_with_email(store, filters, deleted).await? {
        return Ok(span.within(list, users));
    }
    let rows = match candidates(store, list, filters, deleted).await? {
        Some(seqs) => {
            for_status!(deleted, list.sort.field, span, sort!(store, filters, &seqs, span))
        }
        None => for_status!(deleted, list.sort.field, span, walk!(store, filters, span)),
    };
    rows.into_iter().map(User::try_from).collect()
}

/// Everybody with the address that a list asks for, in one step; `None` when it asks for none, or
/// for one that too many had.
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
