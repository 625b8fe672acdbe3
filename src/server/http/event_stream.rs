//! Server-sent events: the stream of changes to users.

use axum::{
    body::Body,
    extract::{RawQuery, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{middleware::authenticate::bearer, negotiation::accepts, state::AppState};
use crate::{
    domain::AppError,
    server::{
        foundation::secret::hash_of,
        services::{
            change_feed::{ChangeFeed, Stream, StreamAuthorization},
            identity::Actor,
        },
    },
};

const TYPE: &str = "text/event-stream";

/// `/events/users`: streams changes to users, from now on or after the position in `Last-Event-ID`. A page passes the
/// position of its own data as `after`.
///
/// # Errors
/// `Unauthorized`, `Forbidden`, `NotAcceptable`; `Unavailable` where all streams are taken; `Internal`.
pub async fn users(
    State(state): State<AppState>,
    actor: Actor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let token = headers.get(header::AUTHORIZATION).and_then(bearer).map(|token| hash_of(&token));
    let right = StreamAuthorization::of(&actor, token)?;
    if !accepts(&headers, TYPE) {
        return Err(AppError::NotAcceptable);
    }
    let last = last_seen(&headers, query.as_deref().unwrap_or_default());
    let stream = Stream::open(state.feed.clone(), right, last.as_deref()).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(TYPE)),
        // nginx would buffer the events.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, Body::from_stream(stream.into_chunks())).into_response())
}

/// The last event that the client has seen, from the header that a reconnecting browser sends, else from the query.
fn last_seen(headers: &HeaderMap, query: &str) -> Option<String> {
    let sent = headers.get("last-event-id").map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let named = || form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "after");
    sent.filter(|id| !id.is_empty()).or_else(|| named().map(|(_, value)| value.into_owned()))
}

/// Middleware: wakes the change feed after every request that may have changed something.
pub async fn notify_change_feed(State(feed): State<ChangeFeed>, request: Request, next: Next) -> Response {
    let may_change = !request.method().is_safe();
    let response = next.run(request).await;
    if may_change {
        feed.notify();
    }
    response
}
