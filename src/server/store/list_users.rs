//! Lists of users and their totals: the control flow, which is the same on both databases. Each database has its own
//! SQL for a statement, checked at compile time.

use super::{
    DerivedColumns, can_sort,
    keyset::KeysetRange,
    search_forms::{SearchForms, SearchTerms},
    stored_keys::StoredKeys,
    total::{Counted, deleted_flags, total_by_last_page},
};
use crate::{
    domain::{AppError, ListUsers, Page, Total, User},
    server::foundation::limits::COUNTED,
};

type Result<T> = std::result::Result<T, AppError>;

/// The statements of a list. Each reads either the active or the deleted users.
pub trait ListStatements: DerivedColumns + Sized {
    /// The filters of a list as binds.
    type Filters: Clone + Send + Sync;

    /// The rows that a list has to read.
    type Candidates: Send + Sync;

    fn filters(list: &ListUsers, terms: SearchTerms) -> Self::Filters;

    /// The users with the address that a list filters by, up to `CANDIDATE_LIMIT`; `None` without that filter.
    fn users_with_email(
        &self,
        filters: &Self::Filters,
        deleted: bool,
    ) -> impl Future<Output = Result<Option<Vec<User>>>> + Send;

    /// The candidates of the most selective filter.
    fn candidates(
        &self,
        list: &ListUsers,
        filters: &Self::Filters,
        deleted: bool,
    ) -> impl Future<Output = Result<Self::Candidates>> + Send;

    /// The candidates within a range that match all filters, in reading order.
    fn rows(
        &self,
        list: &ListUsers,
        filters: &Self::Filters,
        candidates: &Self::Candidates,
        range: &KeysetRange,
        deleted: bool,
    ) -> impl Future<Output = Result<Vec<User>>> + Send;

    /// Counts the candidates that match all filters. Stops after `limit` rows unless there are few.
    fn count(
        &self,
        filters: &Self::Filters,
        candidates: Self::Candidates,
        limit: Option<i64>,
        deleted: bool,
    ) -> impl Future<Output = Result<Counted>> + Send;

    /// The total of a list, from the parts of one of its pages: exact if the query asks for that, else an estimate,
    /// which reads a limited number of rows.
    fn total(
        &self,
        list: &ListUsers,
        forms: &SearchForms,
        parts: Vec<Part<Self>>,
    ) -> impl Future<Output = Result<Total>> + Send;
}

/// One search of a list: its filters, whether it is of the deleted users, and the finding of the page that was read.
pub struct Part<S: ListStatements> {
    filters: S::Filters,
    deleted: bool,
    found: Found<S::Candidates>,
}

/// The number of users in a search, or the candidates to count, as found while reading a page.
enum Found<Candidates> {
    Count(i64),
    Candidates(Candidates),
}

pub async fn list_users<S: ListStatements>(store: &S, list: &ListUsers) -> Result<Page<User>> {
    let forms = SearchForms::stored(store, list).await?;
    Ok(page(store, list, &forms).await?.0)
}

/// A page with the total of the whole list. On the last page the total follows from the page itself; on other pages the
/// candidates of the page are counted.
pub async fn list_users_with_total<S: ListStatements>(store: &S, list: &ListUsers) -> Result<Page<User>> {
    let forms = SearchForms::stored(store, list).await?;
    let (page, parts) = page(store, list, &forms).await?;
    let total = match total_by_last_page(&page) {
        Some(total) => total,
        None => store.total(list, &forms, parts).await?,
    };
    Ok(Page { total: Some(total), ..page })
}

async fn page<S: ListStatements>(
    store: &S,
    list: &ListUsers,
    forms: &SearchForms,
) -> Result<(Page<User>, Vec<Part<S>>)> {
    let range = KeysetRange::of(list)?;
    let filters = forms.union().into_iter().map(|terms| S::filters(list, terms));
    let searches: Vec<_> = filters
        .flat_map(|filters| deleted_flags(list.status).iter().map(move |deleted| (filters.clone(), *deleted)))
        .collect();
    let is_merged = searches.len() > 1;
    let part_range = if is_merged { range.to_merge() } else { range.clone() };
    let (mut users, mut parts) = (Vec::new(), Vec::with_capacity(searches.len()));
    for (filters, deleted) in searches {
        let (rows, found) = search(store, list, &filters, &part_range, deleted).await?;
        users.extend(rows);
        parts.push(Part { filters, deleted, found });
    }
    if is_merged {
        let keys = StoredKeys::of(store, list.sort.field, &users).await?;
        users = range.merge(list, users, &keys);
    }
    let keys = StoredKeys::of(store, list.sort.field, KeysetRange::edges(list, &users)).await?;
    Ok((range.page(list, users, &keys)?, parts))
}

/// The users of one search within a range.
async fn search<S: ListStatements>(
    store: &S,
    list: &ListUsers,
    filters: &S::Filters,
    range: &KeysetRange,
    deleted: bool,
) -> Result<(Vec<User>, Found<S::Candidates>)> {
    if let Some(users) = store.users_with_email(filters, deleted).await?.filter(|users| can_sort(users)) {
        let count = i64::try_from(users.len()).map_err(AppError::internal)?;
        let keys = StoredKeys::of(store, list.sort.field, &users).await?;
        return Ok((range.within(list, users, &keys), Found::Count(count)));
    }
    let candidates = store.candidates(list, filters, deleted).await?;
    let users = store.rows(list, filters, &candidates, range, deleted).await?;
    Ok((users, Found::Candidates(candidates)))
}

/// The number of users in a list: of each of its parts, without those that two parts have in common. It may have
/// stopped at `COUNTED` rows unless the query asks for an exact count.
pub async fn count_parts<S: ListStatements>(
    store: &S,
    list: &ListUsers,
    forms: &SearchForms,
    parts: Vec<Part<S>>,
) -> Result<Counted> {
    let limit = if list.count { None } else { Some(COUNTED) };
    let mut counted = Counted::default();
    for Part { filters, deleted, found } in parts {
        counted += match found {
            Found::Count(count) => count.into(),
            Found::Candidates(candidates) => store.count(&filters, candidates, limit, deleted).await?,
        };
    }
    for terms in forms.overlap() {
        let filters = S::filters(list, terms);
        for deleted in deleted_flags(list.status) {
            let candidates = store.candidates(list, &filters, *deleted).await?;
            counted.count -= store.count(&filters, candidates, limit, *deleted).await?.count;
        }
    }
    Ok(counted)
}
