//! The list of users for pages.

use std::collections::HashMap;

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
