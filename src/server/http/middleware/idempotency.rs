//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a POST that is sent again gets the response of the
//! first one and changes nothing.

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    sync::Arc,
};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts, uri::PathAndQuery},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use http_body_util::BodyExt;
use ring::digest::{Context, SHA256};
use tracing::Instrument;

use super::errors;
use crate::{
    domain::{AppError, FieldErrors},
    server::{
        foundation::{
            limits::IDEMPOTENCY_KEY_CHARS,
            secret::{self, Hash},
        },
        http::{body, static_files::StaticFiles},
        services::{
            idempotency_keys::IdempotencyKeys,
            identity::{Actor, IdempotentRequest, Identity},
        },
        store::{KeyedRequest, KnownRequest, StoredResponse},
    },
};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The headers that are stored with a response; the middleware stack adds the others again.
const KEPT_HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];

/// The state of this middleware.
#[derive(Debug, Clone)]
pub struct Idempotency {
    pub keys: IdempotencyKeys,
    pub site: Arc<StaticFiles>,
}

/// Whether a request carries an idempotency key.
fn has_key(request: &Request) -> bool {
    *request.method() == Method::POST && request.headers().contains_key(&KEY)
}

/// Middleware: runs the first request with a key, and answers later ones with its stored response.
pub async fn run_once(State(idempotency): State<Idempotency>, request: Request, next: Next) -> Response {
    if !has_key(&request) {
        return next.run(request).await;
    }
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
    let mut set_outcome = |done| {
        let idempotency = Some(IdempotentRequest { request: keyed.clone(), done });
        request.extensions_mut().insert(Actor { idempotency, ..actor.clone() });
    };
    match known {
        None => {
            set_outcome(None);
            run_in_task(idempotency, keyed, request, next).await
        }
        Some(known) if known.request != keyed.request => Err(reused()),
        Some(KnownRequest { answer: Some(answer), .. }) => replay(answer),
        Some(KnownRequest { done: Some(done), .. }) => {
            set_outcome(Some(done));
            Ok(mark_replayed(next.run(request).await))
        }
        Some(_) => Ok(in_flight()),
    }
}

/// Runs a request in a task of its own, so that a client that disconnects, as one that will retry often does, cannot
/// stop it half-way.
async fn run_in_task(
    idempotency: Idempotency,
    keyed: KeyedRequest,
    request: Request,
    next: Next,
) -> Result<Response, AppError> {
    let task = tokio::spawn(run_to_completion(idempotency, keyed, request, next).in_current_span());
    task.await.unwrap_or_else(|error| match error.try_into_panic() {
        Ok(panic) => resume_unwind(panic),
        Err(error) => Err(AppError::internal(error)),
    })
}

async fn run_to_completion(
    idempotency: Idempotency,
    keyed: KeyedRequest,
    request: Request,
    next: Next,
) -> Result<Response, AppError> {
    // Rendered here already, so that an error is stored as the client saw it.
    let answer = errors::render_errors(State(idempotency.site.clone()), request, next);
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

/// Stores a response, and returns it even if it could not be stored.
async fn keep(keys: &IdempotencyKeys, keyed: &KeyedRequest, answer: Response) -> Result<Response, AppError> {
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.map_err(AppError::internal)?.to_bytes();
    let kept =
        StoredResponse { status: parts.status.as_u16(), headers: own_headers(&parts.headers), body: body.clone() };
    keys.keep(keyed, &kept).await;
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// The hash of the key. There must be exactly one, of visible characters.
fn key(headers: &HeaderMap) -> Result<Hash, AppError> {
    let mut keys = headers.get_all(&KEY).iter();
    let is_valid =
        |key: &[u8]| (1..=IDEMPOTENCY_KEY_CHARS).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic);
    match (keys.next(), keys.next()) {
        (Some(key), None) if is_valid(key.as_bytes()) => Ok(secret::hash(key.as_bytes())),
        _ => Err(AppError::Malformed(format!(
            "Idempotency-Key must be given once, with 1 to {IDEMPOTENCY_KEY_CHARS} visible ASCII characters."
        ))),
    }
}

fn owner(actor: &Actor) -> Result<String, AppError> {
    match &actor.identity {
        Identity::Member(member) => Ok(format!("user {}", member.id)),
        Identity::Token { id, .. } => Ok(format!("token {id}")),
        Identity::Operator => Ok("operator".to_owned()),
        Identity::Anonymous | Identity::AnonymousReader => Err(AppError::Unauthorized),
    }
}

/// The hash of method, path with query, and body.
fn fingerprint(parts: &Parts, body: &[u8]) -> Hash {
    let path = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let mut context = Context::new(&SHA256);
    let parts: [&[u8]; 5] = [parts.method.as_str().as_bytes(), b" ", path.as_bytes(), b"\n", body];
    for part in parts {
        context.update(part);
    }
    let mut hash = Hash::default();
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// Whether a response is stored: that of a success, and that of an error which depends on the directory and on what the
/// fingerprint covers. Other errors changed nothing and may depend on a header, the credentials or the time, so a retry
/// is handled anew.
fn is_final(status: StatusCode) -> bool {
    const ERRORS: [StatusCode; 5] = [
        StatusCode::NOT_FOUND,
        StatusCode::CONFLICT,
        StatusCode::GONE,
        StatusCode::PAYLOAD_TOO_LARGE,
        StatusCode::UNPROCESSABLE_ENTITY,
    ];
    status.is_success() || ERRORS.contains(&status)
}

fn own_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let own =
        KEPT_HEADERS.iter().filter_map(|name| Some((name.to_string(), headers.get(name)?.to_str().ok()?.to_owned())));
    own.collect()
}

fn replay(answer: StoredResponse) -> Result<Response, AppError> {
    let mut response = Response::builder().status(answer.status).header(REPLAYED, "true");
    for (name, value) in &answer.headers {
        response = response.header(name.as_str(), value.as_str());
    }
    response.body(Body::from(answer.body)).map_err(AppError::internal)
}

/// Marks a response that was rebuilt from the stored result, because Rollcall stopped before it stored the response.
fn mark_replayed(mut answer: Response) -> Response {
    if answer.status().is_success() {
        answer.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    answer
}

fn reused() -> AppError {
    let message = "was already sent with another request: use a new key for each request";
    FieldErrors::one("Idempotency-Key", "reused", message).into()
}

fn in_flight() -> Response {
    let message = "belongs to a request that is still in flight";
    let error = AppError::Conflict(FieldErrors::one("Idempotency-Key", "in_flight", message));
    ([(header::RETRY_AFTER, "1")], error).into_response()
}
