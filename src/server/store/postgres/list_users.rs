//! The statements of a list of users. Few candidates are read by an index and sorted; otherwise the index of the sort is
//! walked and each row tested.

use chrono::{DateTime, Utc};
use sqlx::query_as;

use super::{
    Postgres,
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

/// Walks the index of the sort from the start of the range.
macro_rules! walk {
    ($store:expr, $filters:expr, $range:expr, $status:literal, $key:literal, $bind:ident, $past:literal, $to:literal, $direction:literal) => {{
        let Filters { needles, email, created, .. } = $filters;
        let (start, end) = ($bind(&$range.start)?, $bind(&$range.end)?);
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
            $range.start_id,
            end,
            created.0,
            created.1,
            email.as_deref(),
            needles.one.as_deref(),
            needles.two.as_deref(),
            needles.three.as_deref(),
            needles.more.as_deref(),
            $range.limit,
            $range.offset
        ))
        .fetch_all(&$store.pool)
        .await?
    }};
}

/// Reads and sorts the candidates.
macro_rules! sort {
    ($store:expr, $filters:expr, $candidates:expr, $range:expr, $status:literal, $key:literal, $bind:ident, $past:literal, $to:literal, $direction:literal) => {{
        let Filters { needles, email, created, .. } = $filters;
        let (start, end) = ($bind(&$range.start)?, $bind(&$range.end)?);
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
            $range.start_id,
            end,
            created.0,
            created.1,
            email.as_deref(),
            needles.all.as_deref(),
            $range.limit,
            $range.offset
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
            CANDIDATE_LIMIT
        ))
        .fetch_all(&$store.pool)
        .await?
    };
}

impl ListStatements for Postgres {
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
            Some(seqs) => for_status!(deleted, list.sort.field, range, sort!(self, filters, seqs, range)),
            None => for_status!(deleted, list.sort.field, range, walk!(self, filters, range)),
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

fn text(key: &Key) -> Result<&str, AppError> {
    key.text()
}

fn time(key: &Key) -> Result<DateTime<Utc>, AppError> {
    key.time().map(Timestamp::utc)
}
