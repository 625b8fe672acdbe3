//! A batch of events from the audit trail, encoded once for all streams.

use std::collections::{HashMap, HashSet};

use bytes::{BufMut, Bytes, BytesMut};
use serde::Serialize;

use crate::{
    domain::{Action, AppError, TokenId, User, UserId},
    server::store::{Position, Store, TrailEvent},
};

/// The maximum number of events in a batch.
pub const MAX_EVENTS: u32 = 100;
/// The maximum number of batches to catch up on; a client that is further behind reloads the list.
pub const MAX_BATCHES_BEHIND: u32 = 10;

/// An item of the channel.
#[derive(Debug)]
pub enum Item {
    Batch(EventBatch),
    /// A keep-alive: no event up to this position.
    Heartbeat(Position),
    /// Too many events to send: clients reload the list.
    Reload(Position),
    /// The server is shutting down.
    End,
}

#[derive(Debug)]
pub struct EventBatch {
    /// The position of its last event.
    pub position: Position,
    /// Whether it is full, so that another batch may follow.
    pub is_full: bool,
    /// The streams whose authorization may have changed.
    pub affected: AffectedStreams,
    /// All messages, concatenated and encoded once for all streams.
    text: Bytes,
    /// The position of each message, and its offset in the text.
    messages: Vec<(Position, usize)>,
}

/// The streams that must check their authorization again.
#[derive(Debug, Default)]
pub struct AffectedStreams {
    pub users: HashSet<UserId>,
    pub tokens: HashSet<TokenId>,
    /// A token was revoked by an instance of an earlier version, whose events do not name it.
    pub any_token: bool,
}

#[derive(Serialize)]
struct Changed<'a> {
    id: UserId,
    /// The current user; `None` if they are not active.
    user: Option<&'a User>,
    /// Whether the user was created or restored.
    new: bool,
}

impl EventBatch {
    /// Reads the batch after a position; `None` at the end of the trail.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub async fn after(store: &dyn Store, position: Position) -> Result<Option<Self>, AppError> {
        let events = store.trail_after(position, MAX_EVENTS).await?;
        let Some(last) = events.last() else { return Ok(None) };
        let changed = last_changes(&events);
        // Users are read after the events, so they are at least as new: versions only increase.
        let users = match &*changed {
            [] => Vec::new(),
            changed => store.active_users(&changed.iter().map(|(_, id)| *id).collect::<Vec<_>>()).await?,
        };
        let users: HashMap<_, _> = users.iter().map(|user| (user.id, user)).collect();
        let new = new_users(&events);
        let (mut text, mut messages) = (BytesMut::new(), Vec::with_capacity(changed.len()));
        for (position, id) in changed {
            messages.push((position, text.len()));
            let data = Changed { id, user: users.get(&id).copied(), new: new.contains(&id) };
            let data = serde_json::to_string(&data).map_err(AppError::internal)?;
            text.put(format!("id: {position}\nevent: changed\ndata: {data}\n\n").as_bytes());
        }
        Ok(Some(Self {
            position: last.position,
            is_full: events.len() == MAX_EVENTS as usize,
            affected: AffectedStreams::by(&events),
            text: text.freeze(),
            messages,
        }))
    }

    /// Whether no stream is affected.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.affected.is_empty()
    }

    /// The messages after a position.
    pub fn text_after(&self, position: Position) -> Bytes {
        let next = self.messages.iter().find(|(at, _)| *at > position);
        next.map_or_else(Bytes::new, |(_, start)| self.text.slice(start..))
    }
}

/// The changed users, each once, in the order of their last events.
fn last_changes(events: &[TrailEvent]) -> Vec<(Position, UserId)> {
    let mut seen = HashSet::new();
    let is_change = |event: &&TrailEvent| event.action.is_some_and(|action| action.as_str().starts_with("user."));
    let changes = events.iter().rev().filter(is_change).filter_map(|event| Some((event.position, event.user?)));
    let mut changes: Vec<_> = changes.filter(|(_, user)| seen.insert(*user)).collect();
    changes.reverse();
    changes
}

/// The users who were created or restored.
fn new_users(events: &[TrailEvent]) -> HashSet<UserId> {
    let is_new = |event: &&TrailEvent| matches!(event.action, Some(Action::UserCreated | Action::UserRestored));
    events.iter().filter(is_new).filter_map(|event| event.user).collect()
}

impl AffectedStreams {
    fn by(events: &[TrailEvent]) -> Self {
        let mut affected = Self::default();
        for event in events {
            match event.action {
                Some(
                    Action::RoleChanged
                    | Action::PasswordChanged
                    | Action::SessionEnded
                    | Action::UserDeleted
                    | Action::UserErased,
                ) => affected.users.extend(event.user),
                Some(Action::TokenRevoked) => match event.subject {
                    Some(token) => {
                        affected.tokens.insert(TokenId(token.id));
                    }
                    None => affected.any_token = true,
                },
                _ => {}
            }
        }
        affected
    }

    pub fn has_token(&self, id: TokenId) -> bool {
        self.any_token || self.tokens.contains(&id)
    }

    fn is_empty(&self) -> bool {
        self.users.is_empty() && self.tokens.is_empty() && !self.any_token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(seq: i64, action: Action, user: u128) -> TrailEvent {
        let user = UserId(uuid::Uuid::from_u128(user));
        let position = Position { xid: 0, seq };
        TrailEvent { position, action: Some(action), subject: Some(user.into()), user: Some(user) }
    }

    #[test]
    fn the_last_of_several_changes_to_a_user_is_sent() {
        let events = [
            event(1, Action::UserCreated, 1),
            event(2, Action::UserCreated, 2),
            event(3, Action::SignedIn, 2),
            event(4, Action::UserUpdated, 1),
        ];
        let sent: Vec<_> = last_changes(&events).iter().map(|(at, user)| (at.seq, user.0.as_u128())).collect();
        assert_eq!(sent, [(2, 2), (4, 1)]);
    }

    #[test]
    fn only_events_that_end_access_concern_a_user() {
        for action in Action::ALL {
            let affected = AffectedStreams::by(&[event(1, *action, 1)]);
            let ends = ["role.changed", "password.changed", "session.ended", "user.deleted", "user.erased"];
            assert_eq!(affected.users.len(), usize::from(ends.contains(&action.as_str())), "{action}");
            assert_eq!(affected.tokens.len(), usize::from(*action == Action::TokenRevoked), "{action}");
            assert!(!affected.any_token, "{action}");
        }
    }

    #[test]
    fn a_revoked_token_concerns_its_own_streams_and_an_unidentified_one_those_of_every_token() {
        let [one, other] = [1, 2].map(|id| TokenId(uuid::Uuid::from_u128(id)));
        // The owner of the token, who was deleted with it.
        let revoked = TrailEvent { subject: Some(one.into()), ..event(1, Action::TokenRevoked, 3) };
        let affected = AffectedStreams::by(std::slice::from_ref(&revoked));
        assert!(affected.has_token(one) && !affected.has_token(other));
        assert!(affected.users.is_empty() && !affected.is_empty());
        let unnamed = AffectedStreams::by(&[TrailEvent { subject: None, ..revoked }]);
        assert!(unnamed.has_token(one) && unnamed.has_token(other) && !unnamed.is_empty());
    }
}
