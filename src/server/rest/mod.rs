//! The JSON API under `/api/v1`: extract, call the service, answer. Errors are problem details.

mod accept;
mod batch;
pub(super) mod body;
mod etag;
mod events;
mod export_users;
mod imports;
mod list_users;
mod users;

pub(super) use accept::takes;
pub(super) use imports::ROWS_PER_PAGE;
pub(super) use users::PATH as USERS;

use axum::{
    Router,
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use super::{
    auth::{Actor, Identity},
    idempotency,
    router::nothing_here,
    shared::function,
    state::AppState,
};
use crate::domain::AppError;

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

/// Every path, with what answers it.
#[must_use]
pub fn resources() -> Vec<(String, MethodRouter<AppState>)> {
    let answered = |(_, paths, methods): UtoipaMethodRouter<AppState>| Some((paths.paths.into_keys().next()?, methods));
    operations().into_iter().filter_map(answered).collect()
}

pub fn routes(state: &AppState) -> Router<AppState> {
    let paths = resources().into_iter().fold(Router::new(), |router, (path, methods)| router.route(&path, methods));
    let paths = paths.fallback(nothing_here).layer(function((), accept::negotiate));
    paths.layer(function(state.clone(), admit))
}

/// Turns those away who may do nothing, before any handler reads what they sent. What exactly
/// somebody may do, the services say.
async fn admit(State(state): State<AppState>, actor: Actor, request: Request, next: Next) -> Response {
    let method = request.method();
    let admitted = if *method == Method::OPTIONS {
        // Which methods a path takes is no secret.
        Ok(())
    } else if method.is_safe() {
        may_look(&actor)
    } else {
        actor.may_write()
    };
    match admitted {
        Ok(()) if idempotency::is_asked(&request) => idempotency::answer_once(&state, &actor, request, next).await,
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

fn may_look(actor: &Actor) -> Result<(), AppError> {
    if actor.identity == Identity::Stranger { Err(AppError::Unauthorized) } else { Ok(()) }
}
