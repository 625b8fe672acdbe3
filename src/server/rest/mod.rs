//! The JSON API under `/api/v1`: extract, call the service, answer. Errors are problem details.

mod body;
mod events;
mod list_users;
mod users;

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};

use super::{
    auth::{Actor, Identity},
    router::nothing_here,
    state::AppState,
};
use crate::domain::AppError;

/// Every path, with what answers it.
#[must_use]
pub fn resources() -> Vec<(&'static str, MethodRouter<AppState>)> {
    vec![
        ("/users", get(list_users::list).post(users::create)),
        ("/users/{id}", get(users::get)),
        ("/users/{id}/history", get(events::history)),
        ("/audit", get(events::list)),
    ]
}

pub fn routes() -> Router<AppState> {
    let paths = resources().into_iter().fold(Router::new(), |router, (path, methods)| router.route(path, methods));
    paths.fallback(nothing_here).layer(middleware::from_fn(admit))
}

/// Turns those away who may do nothing, before any handler reads what they sent. What exactly
/// somebody may do, the services say.
async fn admit(actor: Actor, request: Request, next: Next) -> Response {
    let admitted = if request.method().is_safe() { may_look(&actor) } else { actor.may_write() };
    match admitted {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

fn may_look(actor: &Actor) -> Result<(), AppError> {
    if actor.identity == Identity::Stranger { Err(AppError::Unauthorized) } else { Ok(()) }
}
