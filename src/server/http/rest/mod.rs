//! The JSON API under `/api/v1`: extract, call the service, answer. Errors are problem details.

mod batch;
mod batch_schema;
pub(super) mod body;
pub(super) mod document;
mod etag;
mod events;
mod export_users;
mod imports;
mod json;
mod list_users;
mod users;

use axum::{
    Router,
    extract::Request,
    http::Method,
    response::{IntoResponse, Response},
    routing::{MethodRouter, any, get},
};
use tower::ServiceBuilder;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::{
    middleware::{
        boxed::{Next, function},
        idempotency,
    },
    negotiation::takes_json,
    openapi,
    paths::{API, nothing_here},
    state::AppState,
};
use crate::{
    domain::AppError,
    server::services::identity::{Actor, Identity},
};

/// Every path: what answers it, and what the document of the API says of that.
#[must_use]
pub fn operations() -> Vec<UtoipaMethodRouter<AppState>> {
    vec![
        routes!(list_users::list, users::create),
        routes!(batch::run),
        routes!(export_users::export),
        routes!(users::get, users::patch, users::put, users::delete),
        routes!(users::restore),
        routes!(events::history),
        routes!(events::list),
        routes!(imports::list, imports::create),
        routes!(imports::get, imports::patch, imports::cancel),
        routes!(imports::put_part),
        routes!(imports::rows),
        routes!(imports::rejected),
        routes!(imports::apply),
        routes!(imports::undo),
    ]
}

/// The OpenAPI document of these operations.
#[must_use]
pub fn document() -> OpenApi {
    openapi::document(operations())
}

/// Every path, with what answers it.
#[must_use]
pub fn resources() -> Vec<(String, MethodRouter<AppState>)> {
    let answered = |(_, paths, methods): UtoipaMethodRouter<AppState>| Some((paths.paths.into_keys().next()?, methods));
    operations().into_iter().filter_map(answered).collect()
}

/// All paths by their whole names: a nested router would write the address of each request anew.
pub fn routes(state: &AppState) -> Router<AppState> {
    let beside = ["", "/", "/{*path}"].map(|path| (path.to_owned(), any(nothing_here)));
    let paths = resources().into_iter().chain(beside);
    let paths = paths.fold(Router::new(), |router, (path, methods)| router.route(&format!("{API}{path}"), methods));
    let stack = ServiceBuilder::new().layer(function(state.clone(), admit)).layer(function((), negotiate));
    paths.layer(stack).route(&format!("{API}/openapi.json"), get(document::serve))
}

/// Turns those away who may do nothing, before any handler reads what they sent: not even that there is
/// nothing is told them. What exactly
/// somebody may do, the services say.
async fn admit(state: AppState, request: Request, next: Next) -> Response {
    match may_ask(&request) {
        Ok(()) if idempotency::is_asked(&request) => {
            idempotency::answer_once(state.idempotency.clone(), request, next).await
        }
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

fn may_ask(request: &Request) -> Result<(), AppError> {
    // Which methods a path takes is no secret.
    if *request.method() == Method::OPTIONS {
        return Ok(());
    }
    let actor = request.extensions().get::<Actor>().ok_or(AppError::Unauthorized)?;
    match actor.identity {
        Identity::Stranger if request.method().is_safe() => Err(AppError::Unauthorized),
        _ if request.method().is_safe() => Ok(()),
        _ => actor.may_write(),
    }
}

/// Refuses requests that accept neither our responses nor our errors.
async fn negotiate((): (), request: Request, next: Next) -> Response {
    // What only tells the methods has no body, and what has forms of its own asks by itself.
    let path = request.uri().path();
    let chooses = path.strip_prefix(API) == Some(export_users::PATH) || imports::is_file(path);
    if request.method() == Method::OPTIONS || chooses || takes_json(request.headers()) {
        next.run(request).await
    } else {
        AppError::NotAcceptable.into_response()
    }
}
