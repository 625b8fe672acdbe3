//! The list of users for pages and exports.

use std::collections::HashMap;

use futures::{Stream, stream};

use super::{Users, may_list};
use crate::{
    domain::{AppError, Event, ListUsers, ListedUser, Listing, Page, TrashDetails, User, UserId, marks},
    server::services::identity::Actor,
};

impl Users {
    /// A page of users with their matches, their deletions and the total of the whole list, estimated unless the query
    /// asks for a count.
    ///
    /// # Errors
    /// `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn browse(&self, actor: &Actor, query: &ListUsers) -> Result<Listing, AppError> {
        may_list(actor, query)?;
        let Page { items, offset, next, previous, total } = self.store.list_with_total(query).await?;
        let deleted: Vec<UserId> = items.iter().filter(|user| user.deleted_at.is_some()).map(|user| user.id).collect();
        let deletions = if deleted.is_empty() { Vec::new() } else { self.store.deletions(&deleted).await? };
        let by_user: HashMap<UserId, Event> =
            deletions.into_iter().filter_map(|event| Some((event.user.as_ref()?.id, event))).collect();
        let items = items.into_iter().map(|user| self.listed(user, query, &by_user)).collect();
        let page = Page { items, offset, next, previous, total };
        Ok(Listing { page, may_write: actor.may_write().is_ok() })
    }

    fn listed(&self, user: User, query: &ListUsers, deletions: &HashMap<UserId, Event>) -> ListedUser {
        let q = query.q.as_deref().unwrap_or_default();
        let trashed = user.deleted_at.map(|at| TrashDetails {
            by: deletions.get(&user.id).map(|event| event.actor.title()),
            erase_at: self.erase_at(at),
        });
        ListedUser {
            name_marks: marks(&user.profile.name, q),
            email_marks: marks(&user.profile.email, q),
            trashed,
            user,
        }
    }
}

impl Users {
    /// The page size of an export: a search collects its matches anew for each page.
    const FILE_PAGE: u32 = 5_000;

    /// All users of a list, from its beginning, in pages. The next page is read while the current one is used. Each
    /// page is a transaction of its own, so a slow reader blocks nothing in the database.
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
