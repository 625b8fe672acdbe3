//! The list of users. Few candidates are read by an index and sorted; otherwise the index of the sort is walked and
//! each row tested.

use chrono::{DateTime, Utc};
use sqlx::query_as;

use super::{
    Postgres,
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

/// Walks the index of the sort from the start of the range.
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

/// Reads and sorts the candidates.
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

/// Reads the users with an address; at most one of them is active.
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
    Ok(page(store, list, &forms(store, list).await?).await?.0)
}

/// A page with the total of the whole list. On the last page the total follows from the page itself; on other pages the
/// candidates of the page are counted.
pub async fn list_users_with_total(store: &Postgres, list: &ListUsers) -> Result<Page<User>, AppError> {
    let forms = forms(store, list).await?;
    let (page, parts) = page(store, list, &forms).await?;
    let total = match total_by_last_page(&page) {
        Some(total) => total,
        None => count_users(store, list, &forms, parts).await?,
    };
    Ok(Page { total: Some(total), ..page })
}

async fn page(store: &Postgres, list: &ListUsers, forms: &SearchForms) -> Result<(Page<User>, Vec<Part>), AppError> {
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
    store: &Postgres,
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
        Some(seqs) => {
            for_status!(deleted, list.sort.field, span, sort!(store, filters, seqs, span))
        }
        None => for_status!(deleted, list.sort.field, span, walk!(store, filters, span)),
    };
    let users = rows.into_iter().map(User::try_from).collect::<Result<_, _>>()?;
    Ok((users, Found::Candidates(candidates)))
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
