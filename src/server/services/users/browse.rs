//! The list as somebody looks at it.

use std::collections::HashMap;

use chrono::TimeDelta;
use futures::{Stream, stream};

use super::Users;
use crate::{
    domain::{AppError, Event, ListUsers, Listed, Listing, Page, Trashed, User, UserId, marks},
    server::services::identity::Actor,
};

impl Users {
    /// The users of a list, with what was found of each, how they came into the trash, and an
    /// estimate of the whole. They stay in the trash for `trash_days`.
    ///
    /// # Errors
    /// `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn browse(&self, actor: &Actor, query: &ListUsers, trash_days: u32) -> Result<Listing, AppError> {
        let kept = TimeDelta::days(trash_days.into());
        let Page { items, offset, next, previous, total } = self.list(actor, query).await?;
        let total = match total {
            Some(total) => total,
            None => self.store.estimate(query).await?,
        };
        let deleted: Vec<UserId> = items.iter().filter(|user| user.deleted_at.is_some()).map(|user| user.id).collect();
        let deletions = if deleted.is_empty() { Vec::new() } else { self.store.deletions(&deleted).await? };
        let by_user: HashMap<UserId, Event> =
            deletions.into_iter().filter_map(|event| Some((event.user.as_ref()?.id, event))).collect();
        let items = items.into_iter().map(|user| listed(user, query, &by_user, kept)).collect();
        let page = Page { items, offset, next, previous, total: Some(total) };
        Ok(Listing { page, may_write: actor.may_write().is_ok() })
    }
}

impl Users {
    /// So many users are read at once for a file: a search gathers whom it found anew for each page.
    const FILE_PAGE: u32 = 5_000;

    /// Everybody in a list, wherever in it its query stands, a page at a time. A page is read while
    /// the one before it is used, and by itself: nothing in the database waits for who reads slowly.
    ///
    /// # Errors
    /// Those of `list`; the stream ends with the first.
    pub fn pages(
        &self,
        actor: Actor,
        query: &ListUsers,
    ) -> impl Stream<Item = Result<Vec<User>, AppError>> + Send + use<> {
        let users = self.clone();
        let read = move |list: ListUsers| {
            let (users, actor) = (users.clone(), actor.clone());
            tokio::spawn(async move { users.list(&actor, &list).await.map(|page| (page, list)) })
        };
        let first = read(ListUsers { per_page: Self::FILE_PAGE, ..query.whole() });
        stream::try_unfold((Some(first), read), |(next, read)| async move {
            let Some(next) = next else { return Ok(None) };
            let (page, list) = next.await.map_err(AppError::internal)??;
            let next = page.next.map(|cursor| read(list.at_cursor(&cursor)));
            Ok(Some((page.items, (next, read))))
        })
    }
}

fn listed(user: User, query: &ListUsers, deletions: &HashMap<UserId, Event>, kept: TimeDelta) -> Listed {
    let q = query.q.as_deref().unwrap_or_default();
    let trashed = user
        .deleted_at
        .map(|at| Trashed { by: deletions.get(&user.id).map(|event| event.actor.title()), purge_at: at.plus(kept) });
    Listed { name_marks: marks(&user.profile.name, q), email_marks: marks(&user.profile.email, q), trashed, user }
}
