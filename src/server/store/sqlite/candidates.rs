//! Candidates for a list of users: an index finds the rows of a selective filter, which are then sorted.

use serde_json::json;
use sqlx::query_scalar;

use super::Sqlite;
use crate::{
    domain::{AppError, ListUsers, SortField, Timestamp},
    server::store::{CANDIDATE_LIMIT, can_sort, keyset::created_between, search_forms::SearchTerms},
};

/// The filters of a list as binds.
#[derive(Clone)]
pub struct Filters {
    /// A JSON array.
    pub needles: Option<String>,
    /// The query of the full-text index (FTS5): each needle as a phrase.
    pub phrases: Option<String>,
    pub email: Option<String>,
    pub created: (i64, i64),
    /// Whether `created` excludes any row.
    pub has_created: bool,
}

impl Filters {
    pub fn of(list: &ListUsers, SearchTerms { needles, email }: SearchTerms) -> Self {
        let phrase = |needle: &String| format!("\"{}\"", needle.replace('"', "\"\""));
        let created = created_between(list);
        Self {
            phrases: needles.as_ref().map(|needles| needles.iter().map(phrase).collect::<Vec<_>>().join(" ")),
            needles: needles.map(|needles| json!(needles).to_string()),
            email,
            created: (created.0.unix_micros(), created.1.unix_micros()),
            has_created: created != (Timestamp::MIN, Timestamp::MAX),
        }
    }
}

/// The rows that a list has to read.
pub enum Candidates {
    /// These rows, which are then sorted.
    Rows(Vec<i64>),
    /// A walk, which tests each row against the collected matches of the full-text index.
    WalkMatches,
    /// A walk, which tests the text of each row: with this many matches it fills a page soon.
    WalkText,
}

/// The candidates of the most selective filter.
pub async fn candidates(
    store: &Sqlite,
    list: &ListUsers,
    filters: &Filters,
    deleted: bool,
) -> Result<Candidates, AppError> {
    if let Some(email) = &filters.email {
        let seqs = with_email(store, email, deleted).await?;
        if can_sort(&seqs) {
            return Ok(Candidates::Rows(seqs));
        }
    }
    let mut others = Candidates::WalkText;
    if let Some(phrases) = &filters.phrases {
        let seqs = with_phrases(store, phrases).await?;
        if can_sort(&seqs) {
            return Ok(Candidates::Rows(seqs));
        }
        if count_phrases(store, phrases).await? <= MAX_COLLECTED {
            others = Candidates::WalkMatches;
        }
    }
    // A list sorted by creation walks its index within `created` anyway.
    if filters.has_created && list.sort.field != SortField::CreatedAt {
        let seqs = created_within(store, filters.created, deleted).await?;
        if can_sort(&seqs) {
            return Ok(Candidates::Rows(seqs));
        }
    }
    Ok(others)
}

/// The maximum number of matches that are collected from the full-text index, which takes a few milliseconds. Looking
/// up a row in them is faster than reading its text, which matters on a walk to the far end of the order.
const MAX_COLLECTED: i64 = 100_000;

async fn with_email(store: &Sqlite, email: &str, deleted: bool) -> Result<Vec<i64>, AppError> {
    let seqs = if deleted {
        query_scalar!(
            "select seq from users where deleted_at is not null and email_key = ? limit ?",
            email,
            CANDIDATE_LIMIT
        )
        .fetch_all(&store.readers)
        .await?
    } else {
        query_scalar!(
            "select seq from users where deleted_at is null and email_key = ? limit ?",
            email,
            CANDIDATE_LIMIT
        )
        .fetch_all(&store.readers)
        .await?
    };
    Ok(seqs)
}

async fn with_phrases(store: &Sqlite, phrases: &str) -> Result<Vec<i64>, AppError> {
    let seqs = query_scalar!(
        r#"select rowid as "seq!: i64" from users_search where users_search match ? limit ?"#,
        phrases,
        CANDIDATE_LIMIT
    );
    Ok(seqs.fetch_all(&store.readers).await?)
}

async fn count_phrases(store: &Sqlite, phrases: &str) -> Result<i64, AppError> {
    let count = query_scalar!(
        r#"select count(*) as "count: i64" from (select 1 from users_search where users_search match ? limit ?)"#,
        phrases,
        MAX_COLLECTED + 1
    );
    Ok(count.fetch_one(&store.readers).await?)
}

async fn created_within(store: &Sqlite, (from, to): (i64, i64), deleted: bool) -> Result<Vec<i64>, AppError> {
    let seqs = if deleted {
        query_scalar!(
            "select seq from users where deleted_at is not null and created_at between ? and ? limit ?",
            from,
            to,
            CANDIDATE_LIMIT
        )
        .fetch_all(&store.readers)
        .await?
    } else {
        query_scalar!(
            "select seq from users where deleted_at is null and created_at between ? and ? limit ?",
            from,
            to,
            CANDIDATE_LIMIT
        )
        .fetch_all(&store.readers)
        .await?
    };
    Ok(seqs)
}
