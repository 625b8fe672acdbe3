use std::net::IpAddr;

use crate::{
    domain::{Access, Action, ActorKind, AppError, Member, Role, Scope, Scopes, Timestamp, TokenId, User},
    server::{
        foundation::secret::Hash,
        store::{EventRecord, KeyedRequest},
    },
};

/// The identity and origin of a request. Every method of the services that acts for a caller takes
/// an actor and checks its permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub identity: Identity,
    pub origin: Origin,
    /// The hash of its session.
    pub session: Option<Hash>,
    /// The idempotency key of its request.
    pub idempotency: Option<IdempotentRequest>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// An anonymous user of a directory that requires sign-in.
    Anonymous,
    /// An anonymous user of a directory that anyone may read.
    AnonymousReader,
    /// A signed-in user.
    Member(Member),
    /// An API token.
    Token { id: TokenId, scopes: Scopes },
    /// The operator: Rollcall's commands, run on the machine itself.
    Operator,
}

/// The origin of a request, as recorded in the audit trail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    pub address: Option<IpAddr>,
    pub request_id: Option<String>,
}

/// A request with an idempotency key, executed at most once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotentRequest {
    pub request: KeyedRequest,
    /// The outcome of the earlier request with this key.
    pub done: Option<Vec<User>>,
}

impl Actor {
    #[must_use]
    pub fn operator() -> Self {
        Self::from(Identity::Operator)
    }

    /// # Errors
    /// `Unauthorized` when signing in would help, else `Forbidden`.
    pub fn may_read(&self) -> Result<(), AppError> {
        self.may(!matches!(self.identity, Identity::Anonymous), |_| true, Scope::UsersRead)
    }

    /// # Errors
    /// `Unauthorized` when signing in would help, else `Forbidden`.
    pub fn may_write(&self) -> Result<(), AppError> {
        self.may(false, |role| role >= Role::Editor, Scope::UsersWrite)
    }

    /// # Errors
    /// `Unauthorized` when signing in would help, else `Forbidden`.
    pub fn may_administer(&self) -> Result<(), AppError> {
        self.may(false, |role| role == Role::Admin, Scope::Admin)
    }

    /// Allows admins and the operator only. No API token may change permissions, whatever its scopes.
    ///
    /// # Errors
    /// `Unauthorized` when signing in would help, else `Forbidden`.
    pub fn may_manage_access(&self) -> Result<(), AppError> {
        match self.identity {
            Identity::Token { .. } => Err(AppError::forbidden()),
            _ => self.may_administer(),
        }
    }

    /// The signed-in user.
    ///
    /// # Errors
    /// `Unauthorized` without a session, `Forbidden` for API tokens and the operator.
    pub fn member(&self) -> Result<&Member, AppError> {
        match &self.identity {
            Identity::Member(member) => Ok(member),
            Identity::Anonymous | Identity::AnonymousReader => Err(AppError::Unauthorized),
            Identity::Token { .. } | Identity::Operator => Err(AppError::forbidden()),
        }
    }

    #[must_use]
    pub fn access(&self) -> Access {
        Access {
            member: self.member().ok().cloned(),
            is_known: !matches!(self.identity, Identity::Anonymous | Identity::AnonymousReader),
            read: self.may_read().is_ok(),
            write: self.may_write().is_ok(),
            administer: self.may_administer().is_ok(),
        }
    }

    /// The outcome of the earlier request that this one retries.
    #[must_use]
    pub fn replayed_outcome(&self) -> Option<&[User]> {
        self.idempotency.as_ref()?.done.as_deref()
    }

    #[must_use]
    pub fn kind(&self) -> ActorKind {
        match self.identity {
            Identity::Anonymous | Identity::AnonymousReader => ActorKind::Anonymous,
            Identity::Member(_) => ActorKind::User,
            Identity::Token { .. } => ActorKind::Token,
            Identity::Operator => ActorKind::Operator,
        }
    }

    /// An audit event of this actor.
    #[must_use]
    pub fn event(&self, action: Action, at: Timestamp) -> EventRecord {
        let actor_id = match &self.identity {
            Identity::Member(member) => Some(member.id.0),
            Identity::Token { id, .. } => Some(id.0),
            Identity::Anonymous | Identity::AnonymousReader | Identity::Operator => None,
        };
        EventRecord {
            at,
            actor_kind: self.kind(),
            actor_id,
            address: self.origin.address.map(|address| address.to_string()),
            request_id: self.origin.request_id.clone(),
            action,
            subject: None,
            user: None,
            changes: Vec::new(),
            import: None,
        }
    }

    /// The same origin, authenticated as this member.
    #[must_use]
    pub fn as_member(&self, member: &Member) -> Self {
        Self { identity: Identity::Member(member.clone()), ..self.clone() }
    }

    fn may(&self, unknown_may: bool, role_may: fn(Role) -> bool, scope: Scope) -> Result<(), AppError> {
        let allowed = match &self.identity {
            Identity::Operator => true,
            Identity::Member(member) => role_may(member.role),
            Identity::Token { scopes, .. } => scopes.has(scope),
            Identity::Anonymous | Identity::AnonymousReader if unknown_may => true,
            Identity::Anonymous | Identity::AnonymousReader => return Err(AppError::Unauthorized),
        };
        if allowed { Ok(()) } else { Err(AppError::forbidden()) }
    }
}

impl From<Identity> for Actor {
    fn from(identity: Identity) -> Self {
        Self { identity, origin: Origin::default(), session: None, idempotency: None }
    }
}
