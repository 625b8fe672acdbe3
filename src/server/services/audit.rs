//! The service for the audit trail. The stores write its events, each in the transaction of the change that it records.

use std::{fmt, sync::Arc};

use super::identity::Actor;
use crate::{
    domain::{AppError, Event, ListEvents, Trail, UserId},
    server::store::Store,
};

#[derive(Clone)]
pub struct Audit {
    store: Arc<dyn Store>,
}

impl Audit {
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// A page of the whole trail.
    ///
    /// # Errors
    /// `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn list(&self, actor: &Actor, query: &ListEvents) -> Result<Trail, AppError> {
        actor.may_administer()?;
        Ok(trail(self.store.events(query, false).await?, query))
    }

    /// The history of a user. Only admins see the origin of each change.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for a filter; `Unauthorized`, `Forbidden`, `Unavailable`, `Internal`.
    pub async fn history(&self, actor: &Actor, id: UserId, query: &ListEvents) -> Result<Trail, AppError> {
        actor.may_write()?;
        query.ensure_unfiltered()?;
        let query = ListEvents { before: query.before, per_page: query.per_page, ..ListEvents::of(id) };
        let mut events = self.store.events(&query, true).await?;
        if events.is_empty() && self.store.get(id).await?.is_none() {
            return Err(AppError::no_such_user());
        }
        if actor.may_administer().is_err() {
            for event in &mut events {
                event.address = None;
                event.request_id = None;
            }
        }
        Ok(trail(events, &query))
    }
}

/// Builds a page. The query reads one event more than fits, which shows that there is a next page.
fn trail(mut events: Vec<Event>, query: &ListEvents) -> Trail {
    let per_page = query.per_page as usize;
    let more = events.len() > per_page;
    events.truncate(per_page);
    Trail { next: events.last().filter(|_| more).map(|event| event.seq), events }
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit").finish_non_exhaustive()
    }
}
