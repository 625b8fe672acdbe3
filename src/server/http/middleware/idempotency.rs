//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a POST that is sent again gets
//! the answer of the first and does nothing.

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    sync::Arc,
};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts, uri::PathAndQuery},
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use http_body_util::BodyExt;
use ring::digest::{Context, SHA256};
use tracing::Instrument;

use super::{boxed::Next, errors};
use crate::{
    domain::{AppError, FieldErrors},
    server::{
        foundation::secret::{self, Hash},
        http::{body, static_files::Site},
        services::{
            idempotency_keys::IdempotencyKeys,
            identity::{Actor, Identity, Once},
        },
        store::{KeptAnswer, KeyedRequest, KnownRequest},
    },
};

const LONGEST: usize = 255;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// What else of an answer is its own; the rest comes from the tower stack each time.
const KEPT_HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];

/// What the middleware needs.
#[derive(Debug, Clone)]
pub struct Idempotency {
    pub keys: IdempotencyKeys,
    pub site: Arc<Site>,
}

/// Whether a request is to be answered once.
pub fn is_asked(request: &Request) -> bool {
    *request.method() == Method::POST && request.headers().contains_key(&KEY)
}

/// Answers a request, or again what the first with its key was answered.
pub async fn answer_once(idempotency: Idempotency, request: Request, next: Next) -> Response {
    let answer = try_once(idempotency, request, next).await;
    answer.unwrap_or_else(AppError::into_response)
}

async fn try_once(idempotency: Idempotency, request: Request, next: Next) -> Result<Response, AppError> {
    let (parts, body) = request.into_parts();
    let actor = parts.extensions.get::<Actor>().cloned().ok_or(AppError::Unauthorized)?;
    let key = key(&parts.headers)?;
    let body = body::bytes(Request::new(body)).await?;
    let keyed =
        KeyedRequest { actor: owner(&actor)?, key, request: fingerprint(&parts, &body), at: idempotency.keys.now()? };
    let known = idempotency.keys.begin(&keyed).await?;
    let mut request = Request::from_parts(parts, Body::from(body));
    let mut once = |done| {
        let once = Some(Once { request: keyed.clone(), done });
        request.extensions_mut().insert(Actor { once, ..actor.clone() });
    };
    match known {
        None => {
            once(None);
            run(idempotency, keyed, request, next).await
        }
        Some(known) if known.request != keyed.request => Err(reused()),
        Some(KnownRequest { answer: Some(answer), .. }) => again(answer),
        Some(KnownRequest { done: Some(done), .. }) => {
            once(Some(done));
            Ok(say_again(next.run(request).await))
        }
        Some(_) => Ok(in_flight()),
    }
}

/// In a task of its own: a client that goes away, as those do who will ask again, stops nothing
/// half-way.
async fn run(
    idempotency: Idempotency,
    keyed: KeyedRequest,
    request: Request,
    next: Next,
) -> Result<Response, AppError> {
    let task = tokio::spawn(run_to_the_end(idempotency, keyed, request, next).in_current_span());
    task.await.unwrap_or_else(|error| match error.try_into_panic() {
        Ok(panic) => resume_unwind(panic),
        Err(error) => Err(AppError::internal(error)),
    })
}

async fn run_to_the_end(
    idempotency: Idempotency,
    keyed: KeyedRequest,
    request: Request,
    next: Next,
) -> Result<Response, AppError> {
    // Dressed here already: an error is kept as it was read.
    let answer = errors::render_errors(idempotency.site.clone(), request, next);
    match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(answer) if is_final(answer.status()) => keep(&idempotency.keys, &keyed, answer).await,
        Ok(answer) => {
            idempotency.keys.release(&keyed).await;
            Ok(answer)
        }
        Err(panic) => {
            idempotency.keys.release(&keyed).await;
            resume_unwind(panic)
        }
    }
}

/// Keeps a response, and returns it whether or not it could be kept.
async fn keep(keys: &IdempotencyKeys, keyed: &KeyedRequest, answer: Response) -> Result<Response, AppError> {
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.map_err(AppError::internal)?.to_bytes();
    let kept = KeptAnswer { status: parts.status.as_u16(), headers: own_headers(&parts.headers), body: body.clone() };
    keys.keep(keyed, &kept).await;
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// Exactly one key, of visible characters.
fn key(headers: &HeaderMap) -> Result<Hash, AppError> {
    let mut keys = headers.get_all(&KEY).iter();
    let is_fit = |key: &[u8]| (1..=LONGEST).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic);
    match (keys.next(), keys.next()) {
        (Some(key), None) if is_fit(key.as_bytes()) => Ok(secret::hash(key.as_bytes())),
        _ => {
            Err(AppError::Malformed(format!("Idempotency-Key must be one of 1 to {LONGEST} visible ASCII characters.")))
        }
    }
}

fn owner(actor: &Actor) -> Result<String, AppError> {
    match &actor.identity {
        Identity::Member(member) => Ok(format!("user {}", member.id)),
        Identity::Token { id, .. } => Ok(format!("token {id}")),
        Identity::Operator => Ok("operator".to_owned()),
        Identity::Stranger | Identity::Visitor => Err(AppError::Unauthorized),
    }
}

/// The hash of method, path with query, and body.
fn fingerprint(parts: &Parts, body: &[u8]) -> Hash {
    let path = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let mut context = Context::new(&SHA256);
    let said: [&[u8]; 5] = [parts.method.as_str().as_bytes(), b" ", path.as_bytes(), b"\n", body];
    for part in said {
        context.update(part);
    }
    let mut hash = Hash::default();
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// Whether the same request would be answered the same again: what was done, and what is wrong with
/// the request itself.
fn is_final(status: StatusCode) -> bool {
    const PASSING: [StatusCode; 4] =
        [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
    status.is_success() || (status.is_client_error() && !PASSING.contains(&status))
}

fn own_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let own =
        KEPT_HEADERS.iter().filter_map(|name| Some((name.to_string(), headers.get(name)?.to_str().ok()?.to_owned())));
    own.collect()
}

fn again(answer: KeptAnswer) -> Result<Response, AppError> {
    let mut response = Response::builder().status(answer.status).header(REPLAYED, "true");
    for (name, value) in &answer.headers {
        response = response.header(name.as_str(), value.as_str());
    }
    response.body(Body::from(answer.body)).map_err(AppError::internal)
}

/// The answer, made anew from what was done: Rollcall ended between the two.
fn say_again(mut answer: Response) -> Response {
    if answer.status().is_success() {
        answer.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    answer
}

fn reused() -> AppError {
    let message = "was sent with another request before: take a new one for each";
    FieldErrors::one("Idempotency-Key", "reused", message).into()
}

fn in_flight() -> Response {
    let message = "belongs to a request that is being answered right now";
    let error = AppError::Conflict(FieldErrors::one("Idempotency-Key", "in_flight", message));
    ([(header::RETRY_AFTER, "1")], error).into_response()
}
