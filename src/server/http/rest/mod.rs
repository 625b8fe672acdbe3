//! The REST API under `/api/v1`. Handlers extract, call a service and respond. Errors are problem details.

mod batch;
mod body;
pub(super) mod document;
mod events;
mod export_users;
mod imports;
mod json;
mod list_users;
mod users;

use axum::{
    Router,
    extract::{Request, State},
    http::Method,
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{MethodRouter, any, get},
};
use tower::ServiceBuilder;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::{
    middleware::idempotency,
    negotiation::accepts_json,
    openapi,
    paths::{API, not_found},
    state::AppState,
};
use crate::{
    domain::AppError,
    server::services::identity::{Actor, Identity},
};

/// All operations, with their handlers and their description in the OpenAPI document.
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

/// All paths, with their handlers.
#[must_use]
pub fn resources() -> Vec<(String, MethodRouter<AppState>)> {
    let answered = |(_, paths, methods): UtoipaMethodRouter<AppState>| Some((paths.paths.into_keys().next()?, methods));
    operations().into_iter().filter_map(answered).collect()
}

/// All routes, with full paths: a nested router would rewrite the URI of each request.
pub fn routes(state: &AppState) -> Router<AppState> {
    let unknown = ["", "/", "/{*path}"].map(|path| (path.to_owned(), any(not_found)));
    let paths = resources().into_iter().chain(unknown);
    let paths = paths.fold(Router::new(), |router, (path, methods)| router.route(&format!("{API}{path}"), methods));
    let stack =
        ServiceBuilder::new().layer(from_fn_with_state(state.clone(), require_access)).layer(from_fn(negotiate));
    paths.layer(stack).route(&format!("{API}/openapi.json"), get(document::serve))
}

/// Middleware: refuses actors without any permission before a handler reads the body, even on unknown paths, and runs a
/// request with an `Idempotency-Key` once. The services check the exact permissions.
async fn require_access(State(state): State<AppState>, request: Request, next: Next) -> Response {
    match check_access(&request) {
        Ok(()) if idempotency::has_key(&request) => {
            idempotency::run_once(State(state.idempotency.clone()), request, next).await
        }
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

fn check_access(request: &Request) -> Result<(), AppError> {
    // The methods of a path are public.
    if *request.method() == Method::OPTIONS {
        return Ok(());
    }
    let actor = request.extensions().get::<Actor>().ok_or(AppError::Unauthorized)?;
    match actor.identity {
        Identity::Anonymous if request.method().is_safe() => Err(AppError::Unauthorized),
        _ if request.method().is_safe() => Ok(()),
        _ => actor.may_write(),
    }
}

/// Middleware: refuses requests that accept neither our responses nor our errors.
async fn negotiate(request: Request, next: Next) -> Response {
    // OPTIONS responses have no body, and exports negotiate the format themselves.
    let path = request.uri().path();
    let chooses = path.strip_prefix(API) == Some(export_users::PATH) || imports::is_file(path);
    if request.method() == Method::OPTIONS || chooses || accepts_json(request.headers()) {
        next.run(request).await
    } else {
        AppError::NotAcceptable.into_response()
    }
}
