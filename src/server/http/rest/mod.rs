//! The REST API under `/api/v1`. Handlers extract, call a service and respond. Errors are problem details.

mod audit;
mod batch;
pub(super) mod document;
mod export_users;
mod fields;
mod imports;
mod json;
mod list_users;
mod user_body;
mod users;

use axum::{
    Router,
    extract::Request,
    http::Method,
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{MethodRouter, any, get},
};
use tower::ServiceBuilder;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::{
    middleware::{idempotency, require_access::require_access},
    negotiation::accepts_json,
    openapi,
    paths::{API, not_found},
    state::AppState,
};
use crate::domain::AppError;

/// All operations, with their handlers and their description in the OpenAPI document.
#[must_use]
pub fn operations() -> Vec<UtoipaMethodRouter<AppState>> {
    vec![
        routes!(list_users::list, users::create),
        routes!(batch::run),
        routes!(export_users::export),
        routes!(users::get, users::patch, users::put, users::delete),
        routes!(users::restore),
        routes!(audit::history),
        routes!(audit::list),
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
    let stack = ServiceBuilder::new()
        .layer(from_fn(require_access))
        .layer(from_fn_with_state(state.idempotency.clone(), idempotency::run_once))
        .layer(from_fn(negotiate));
    paths.layer(stack).route(&format!("{API}/openapi.json"), get(document::serve))
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
