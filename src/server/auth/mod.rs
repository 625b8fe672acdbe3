//! Who asks, and what they may do.

mod actor;
pub mod client;
pub mod passwords;
pub mod secret;
pub mod session;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use secrecy::SecretString;
use tower_http::request_id::RequestId;
use tower_sessions::Session;

pub use actor::{Actor, Identity, Once, Origin};

use self::client::Peer;
use super::{access_log, feed, function::Next, state::AppState};
use crate::domain::AppError;

/// Says as whom a request runs, before any handler sees it. An API token that is sent is the whole
/// answer: one that opens nothing is refused, even where less would do.
pub async fn identify(state: AppState, mut request: Request, next: Next) -> Response {
    if state.site.has(request.uri().path()) {
        // A file is the same for everybody, and its answer is kept: no session has to do with it.
        return next.run(request).await;
    }
    let origin = origin(&state, &request);
    // Nobody uses a page that only watches.
    let is_used = request.uri().path() != feed::PATH;
    let session = request.extensions().get::<Session>().cloned();
    match who(&state, session, request.headers(), is_used).await {
        Ok(actor) => {
            access_log::name_actor(&request, actor.kind());
            request.extensions_mut().insert(Actor { origin, ..actor });
            next.run(request).await
        }
        Err(error) => error.into_response(),
    }
}

async fn who(
    state: &AppState,
    session: Option<Session>,
    headers: &HeaderMap,
    is_used: bool,
) -> Result<Actor, AppError> {
    if let Some(credentials) = headers.get(header::AUTHORIZATION) {
        let token = bearer(credentials).ok_or(AppError::Unauthorized)?;
        return Ok(state.tokens.identify(&token).await?.into());
    }
    let member = match &session {
        Some(session) => session::member(session, state.clock.now()?, is_used).await?,
        None => None,
    };
    Ok(match member {
        Some((member, hash)) => Actor { session: Some(hash), ..Identity::Member(member).into() },
        None => state.anonymous.clone().into(),
    })
}

/// `Authorization: Bearer …` (RFC 6750 section 2.1).
pub(super) fn bearer(credentials: &HeaderValue) -> Option<SecretString> {
    let (scheme, token) = credentials.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| SecretString::from(token.trim()))
}

fn origin(state: &AppState, request: &Request) -> Origin {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    let id = request.extensions().get::<RequestId>();
    Origin {
        address: peer.map(|peer| state.trusted_proxies.client(peer, request.headers())),
        request_id: id.and_then(|id| id.header_value().to_str().ok()).map(str::to_owned),
    }
}
