//! Who comes into question for a list: few are found by an index, before they are sorted.

use serde_json::json;
use sqlx::query_scalar;

use super::Sqlite;
use crate::{
    domain::{AppError, ListUsers, SortField, Timestamp},
    server::store::{FEW, is_few, keyset::created_between, sought::Sought},
};

/// What a list asks of each row, as binds.
#[derive(Clone)]
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
    pub fn of(list: &ListUsers, Sought { needles, email }: Sought) -> Self {
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

    /// Whether not everybody of a status is in the list.
    pub fn leave_anybody_out(&self) -> bool {
        self.needles.is_some() || self.email.is_some() || self.has_created
    }
}

/// Whom a list has to look at.
pub enum Candidates {
    /// Just these rows, to be sorted.
    Few(Vec<i64>),
    /// A part of everybody that the index of needles knows by heart, to be met on a walk.
    Some,
    /// So many that a walk meets them soon.
    Many,
}

/// Whom the most selective of the filters leaves.
pub async fn candidates(
    store: &Sqlite,
    list: &ListUsers,
    filters: &Filters,
    deleted: bool,
) -> Result<Candidates, AppError> {
    if let Some(email) = &filters.email {
        let seqs = with_email(store, email, deleted).await?;
        if is_few(&seqs) {
            return Ok(Candidates::Few(seqs));
        }
    }
    let mut others = Candidates::Many;
    if let Some(phrases) = &filters.phrases {
        let seqs = with_phrases(store, phrases).await?;
        if is_few(&seqs) {
            return Ok(Candidates::Few(seqs));
        }
        if count_phrases(store, phrases).await? <= SOME {
            others = Candidates::Some;
        }
    }
    // In the order of their creation they are a part of the walk.
    if filters.has_created && list.sort.field != SortField::CreatedAt {
        let seqs = created_within(store, filters.created, deleted).await?;
        if is_few(&seqs) {
            return Ok(Candidates::Few(seqs));
        }
    }
    Ok(others)
}

/// One more than few are enough to know that they are not.
pub const ENOUGH: i64 = FEW + 1;

/// So many rows the index of needles gathers in a few milliseconds. To look each up in what was
/// gathered is quicker than to read its text, and on a walk to the far end of an order it counts.
const SOME: i64 = 100_000;
const ENOUGH_OF_SOME: i64 = SOME + 1;

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

async fn count_phrases(store: &Sqlite, phrases: &str) -> Result<i64, AppError> {
    let count = query_scalar!(
        r#"select count(*) as "count: i64" from (select 1 from users_search where users_search match ? limit ?)"#,
        phrases,
        ENOUGH_OF_SOME
    );
    Ok(count.fetch_one(&store.readers).await?)
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
