//! The authorization of an open stream, which is checked repeatedly.

use super::{ChangeFeed, batch::Item};
use crate::{
    domain::{AppError, Role, Timestamp, TokenId, UserId},
    server::{
        foundation::secret::Hash,
        services::identity::{Actor, Identity},
    },
};

/// The credential that authorizes a stream.
#[derive(Debug)]
pub enum StreamAuthorization {
    /// None: anyone may read the directory.
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

impl StreamAuthorization {
    /// The authorization of an actor; `token` is the hash of the API token that authenticated the request, if any.
    ///
    /// # Errors
    /// `Unauthorized`, `Forbidden` without permission to read.
    pub fn of(actor: &Actor, token: Option<Hash>) -> Result<Self, AppError> {
        actor.may_read()?;
        match (&actor.identity, actor.session, token) {
            (Identity::AnonymousReader, ..) => Ok(Self::Open),
            (Identity::Member(member), Some(hash), _) => Ok(Self::Session { hash, user: member.id, role: member.role }),
            (Identity::Token { id, .. }, _, Some(token)) => Ok(Self::Token { hash: token, id: *id }),
            _ => Err(AppError::Unauthorized),
        }
    }

    /// Whether this item may have revoked it.
    pub fn may_be_revoked_by(&self, item: &Item) -> bool {
        match (item, self) {
            (_, Self::Open) | (Item::Heartbeat(_) | Item::End, _) => false,
            (Item::Batch(batch), Self::Session { user, .. }) => batch.affected.users.contains(user),
            (Item::Batch(batch), Self::Token { id, .. }) => batch.affected.has_token(*id),
            (Item::Reload(_), _) => true,
        }
    }

    /// How long it is valid without another check, at most until `max`.
    ///
    /// # Errors
    /// `Unauthorized` once it is revoked or expired; `Unavailable`, `Internal`.
    pub async fn valid_until(&self, feed: &ChangeFeed, max: Timestamp) -> Result<Timestamp, AppError> {
        let (store, now) = (&feed.0.store, feed.0.clock.now()?);
        let end = match self {
            Self::Open => Some(max),
            Self::Session { hash, user, role } => {
                let session = store.session(hash, now).await?;
                let session = session.filter(|(_, _, member)| (member.id, member.role) == (*user, *role));
                session.map(|(_, session, _)| session.expires_at)
            }
            Self::Token { hash, .. } => {
                let token = store.token(hash).await?.filter(|token| token.is_valid_at(now));
                token.map(|token| token.expires_at.unwrap_or(max))
            }
        };
        end.map(|end| end.min(max)).ok_or(AppError::Unauthorized)
    }
}
