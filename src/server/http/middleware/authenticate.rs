//! Authentication: adds the [`Actor`] to the extensions of each request.

use std::{convert::Infallible, fmt, sync::Arc};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use secrecy::SecretString;
use tower_http::request_id::RequestId;

use super::{access_log, session::RequestSession};
use crate::{
    domain::AppError,
    server::{
        foundation::{
            client_ip::{Peer, TrustedProxies},
            clock::Clock,
        },
        http::{paths::EVENTS, static_files::StaticFiles},
        services::{
            identity::{Actor, Identity, Origin},
            tokens::Tokens,
        },
    },
};

/// Identifies the actor of a request by API token, session cookie or neither.
#[derive(Clone)]
pub struct Authenticator {
    pub tokens: Tokens,
    pub clock: Arc<dyn Clock>,
    pub trusted_proxies: Arc<TrustedProxies>,
    /// The identity of requests without credentials.
    pub anonymous: Identity,
    pub site: Arc<StaticFiles>,
}

/// Middleware: identifies the actor before any handler runs. An API token takes precedence over a session; an invalid
/// token is refused even where anonymous access would be enough.
pub async fn identify(State(state): State<Arc<Authenticator>>, mut request: Request, next: Next) -> Response {
    if state.site.has(request.uri().path()) {
        // Static files are the same for every user and cacheable, so no session is loaded.
        return next.run(request).await;
    }
    let origin = origin(&state, &request);
    // An open event stream does not keep a session in use.
    let is_used = request.uri().path() != EVENTS;
    let session = request.extensions().get::<RequestSession>().cloned();
    match actor_of(&state, session, request.headers(), is_used).await {
        Ok(actor) => {
            access_log::record_actor(&request, actor.kind());
            request.extensions_mut().insert(Actor { origin, ..actor });
            next.run(request).await
        }
        Err(error) => error.into_response(),
    }
}

async fn actor_of(
    state: &Authenticator,
    session: Option<RequestSession>,
    headers: &HeaderMap,
    is_used: bool,
) -> Result<Actor, AppError> {
    if let Some(credentials) = headers.get(header::AUTHORIZATION) {
        let token = bearer(credentials).ok_or(AppError::Unauthorized)?;
        return Ok(state.tokens.identify(&token).await?.into());
    }
    let member = match &session {
        Some(session) => session.member(state.clock.now()?, is_used).await?,
        None => None,
    };
    Ok(match member {
        Some((member, hash)) => Actor { session: Some(hash), ..Identity::Member(member).into() },
        None => state.anonymous.clone().into(),
    })
}

/// `Authorization: Bearer …` (RFC 6750 section 2.1).
pub fn bearer(credentials: &HeaderValue) -> Option<SecretString> {
    let (scheme, token) = credentials.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| SecretString::from(token.trim()))
}

fn origin(state: &Authenticator, request: &Request) -> Origin {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    let id = request.extensions().get::<RequestId>();
    Origin {
        address: peer.map(|peer| state.trusted_proxies.client(peer, request.headers())),
        request_id: id.and_then(|id| id.header_value().to_str().ok()).map(str::to_owned),
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator").field("anonymous", &self.anonymous).finish_non_exhaustive()
    }
}

/// A request that did not pass this middleware runs as `Identity::Anonymous`.
impl<S: Sync> FromRequestParts<S> for Actor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_else(|| Self::from(Identity::Anonymous)))
    }
}
