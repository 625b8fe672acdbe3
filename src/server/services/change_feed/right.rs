//! Whether somebody who watches may still do so.

use super::{Feed, batch::Item};
use crate::{
    domain::{AppError, Role, Timestamp, TokenId, UserId},
    server::{
        foundation::secret::Hash,
        services::identity::{Actor, Identity},
    },
};

/// By what somebody watches.
#[derive(Debug)]
pub enum Right {
    /// The directory is open to anybody.
    Open,
    Session {
        hash: Hash,
        user: UserId,
        role: Role,
    },
    Token {
        hash: Hash,
        id: TokenId,
    },
}

impl Right {
    /// The permission of an actor; `token` is the hash of the API token that authenticated the request, if any.
    ///
    /// # Errors
    /// `Unauthorized`, `Forbidden` without permission to read.
    pub fn of(actor: &Actor, token: Option<Hash>) -> Result<Self, AppError> {
        actor.may_read()?;
        match (&actor.identity, actor.session, token) {
            (Identity::Visitor, ..) => Ok(Self::Open),
            (Identity::Member(member), Some(hash), _) => Ok(Self::Session { hash, user: member.id, role: member.role }),
            (Identity::Token { id, .. }, _, Some(token)) => Ok(Self::Token { hash: token, id: *id }),
            _ => Err(AppError::Unauthorized),
        }
    }

    /// Whether something may have changed it.
    pub fn is_concerned(&self, item: &Item) -> bool {
        match (item, self) {
            (_, Self::Open) | (Item::Heartbeat(_) | Item::End, _) => false,
            (Item::Batch(batch), Self::Session { user, .. }) => batch.concerned.users.contains(user),
            (Item::Batch(batch), Self::Token { id, .. }) => batch.concerned.has_token(*id),
            (Item::Reload(_), _) => true,
        }
    }

    /// Until when it holds, as far as is known now, and no longer than `most`.
    ///
    /// # Errors
    /// `Unauthorized` once it holds no more; `Unavailable`, `Internal`.
    pub async fn holds_until(&self, feed: &Feed, most: Timestamp) -> Result<Timestamp, AppError> {
        let (store, now) = (&feed.0.store, feed.0.clock.now()?);
        let end = match self {
            Self::Open => Some(most),
            Self::Session { hash, user, role } => {
                let session = store.session(hash, now).await?;
                let session = session.filter(|(_, member)| (member.id, member.role) == (*user, *role));
                session.map(|(session, _)| session.expires_at)
            }
            Self::Token { hash, .. } => {
                let token = store.token(hash).await?.filter(|token| token.is_valid_at(now));
                token.map(|token| token.expires_at.unwrap_or(most))
            }
        };
        end.map(|end| end.min(most)).ok_or(AppError::Unauthorized)
    }
}
