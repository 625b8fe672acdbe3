//! Candidates for a list of users: an index finds the rows of a selective filter, which are then sorted.

use chrono::{DateTime, Utc};
use std::cmp::Reverse;

use sqlx::query_scalar;

use super::Postgres;
use crate::{
    domain::{AppError, ListUsers, SortField, Timestamp},
    server::store::{CANDIDATE_LIMIT, can_sort, keyset::created_between, search_forms::SearchTerms},
};

/// The filters of a list as binds.
#[derive(Clone)]
pub struct Filters {
    pub needles: Needles,
    pub email: Option<String>,
    pub created: (DateTime<Utc>, DateTime<Utc>),
    /// Whether `created` excludes any row.
    pub has_created: bool,
}

impl Filters {
    pub fn of(list: &ListUsers, SearchTerms { needles, email }: SearchTerms) -> Self {
        let created = created_between(list);
        Self {
            needles: needles.map(Needles::of).unwrap_or_default(),
            email,
            created: (created.0.utc(), created.1.utc()),
            has_created: created != (Timestamp::MIN, Timestamp::MAX),
        }
    }
}

/// The strings that a row's text must contain. Three of them are separate binds, because unnesting an array for each
/// row would dominate the time of a walk.
#[derive(Clone, Default)]
pub struct Needles {
    pub all: Option<Vec<String>>,
    /// The three longest, repeated if there are fewer.
    pub one: Option<String>,
    pub two: Option<String>,
    pub three: Option<String>,
    /// The others.
    pub more: Option<Vec<String>>,
}

impl Needles {
    fn of(all: Vec<String>) -> Self {
        let mut longest = all.clone();
        longest.sort_by_key(|needle| Reverse(needle.len()));
        let place = |place: usize| longest.get(place).or(longest.first()).cloned();
        let more = longest.get(3..).filter(|more| !more.is_empty()).map(<[String]>::to_vec);
        Self { one: place(0), two: place(1), three: place(2), more, all: Some(all) }
    }

    /// The three longest as patterns of `like`, which use the trigram index.
    pub fn patterns(&self) -> Option<[String; 3]> {
        let escaped = |needle: &str| needle.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
        let pattern = |needle: &Option<String>| needle.as_deref().map(|needle| format!("%{}%", escaped(needle)));
        Some([pattern(&self.one)?, pattern(&self.two)?, pattern(&self.three)?])
    }

    /// A needle for the index of symbols, if no needle has a trigram: pg_trgm extracts trigrams from words of letters
    /// and digits only, padded at both ends.
    fn symbols(&self) -> Option<&str> {
        let has_none = |needle: &String| {
            let mut rest = needle.trim_start().chars().peekable();
            rest.next_if(|first| first.is_alphanumeric() && !needle.starts_with(' '));
            rest.all(is_symbol)
        };
        let all = self.all.as_deref()?;
        all.first().filter(|_| all.iter().all(has_none)).map(String::as_str)
    }
}

/// Whether the index `users_symbols` includes a character.
fn is_symbol(c: char) -> bool {
    c.is_ascii_punctuation() || matches!(c, '\u{2010}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// The rows of the most selective filter; `None` if no filter is selective.
pub type Candidates = Option<Vec<i64>>;

/// The candidates among the active or the deleted users of a list.
pub async fn candidates(
    store: &Postgres,
    list: &ListUsers,
    filters: &Filters,
    deleted: bool,
) -> Result<Candidates, AppError> {
    if let Some(email) = &filters.email {
        let seqs = with_email(store, email, deleted).await?;
        if can_sort(&seqs) {
            return Ok(Some(seqs));
        }
    }
    if let Some(patterns) = &filters.needles.patterns() {
        let seqs = match filters.needles.symbols() {
            Some(needle) => with_symbols(store, needle).await?,
            None => with_patterns(store, patterns).await?,
        };
        if can_sort(&seqs) {
            return Ok(Some(seqs));
        }
    }
    // A list sorted by creation walks its index within `created` anyway.
    if filters.has_created && list.sort.field != SortField::CreatedAt {
        let seqs = created_within(store, filters.created, deleted).await?;
        if can_sort(&seqs) {
            return Ok(Some(seqs));
        }
    }
    Ok(None)
}

async fn with_email(store: &Postgres, email: &str, deleted: bool) -> Result<Vec<i64>, AppError> {
    let seqs = if deleted {
        query_scalar!(
            "select seq from public.users where deleted_at is not null and email_key = $1 limit $2",
            email,
            CANDIDATE_LIMIT
        )
        .fetch_all(&store.pool)
        .await?
    } else {
        query_scalar!(
            "select seq from public.users where deleted_at is null and email_key = $1 limit $2",
            email,
            CANDIDATE_LIMIT
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
        CANDIDATE_LIMIT
    );
    Ok(seqs.fetch_all(&store.pool).await?)
}

/// Two adjacent symbols, or one at the beginning of a word, are rare.
async fn with_symbols(store: &Postgres, needle: &str) -> Result<Vec<i64>, AppError> {
    let seqs = query_scalar!(
        r"select seq from public.users
        where search ~ '([!-/:-@\[-`{-~\u2010-\u2bff\U0001f000-\U0001faff]|  )[!-/:-@\[-`{-~\u2010-\u2bff\U0001f000-\U0001faff]'
            and strpos(search, $1) > 0
        limit $2",
        needle,
        CANDIDATE_LIMIT
    );
    Ok(seqs.fetch_all(&store.pool).await?)
}

async fn created_within(
    store: &Postgres,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    deleted: bool,
) -> Result<Vec<i64>, AppError> {
    let seqs = if deleted {
        query_scalar!(
            "select seq from public.users where deleted_at is not null and created_at between $1 and $2 limit $3",
            from,
            to,
            CANDIDATE_LIMIT
        )
        .fetch_all(&store.pool)
        .await?
    } else {
        query_scalar!(
            "select seq from public.users where deleted_at is null and created_at between $1 and $2 limit $3",
            from,
            to,
            CANDIDATE_LIMIT
        )
        .fetch_all(&store.pool)
        .await?
    };
    Ok(seqs)
}
