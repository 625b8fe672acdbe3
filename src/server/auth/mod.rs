//! Who asks, and what they may do.

mod actor;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

pub use actor::Actor;

use super::state::AppState;

/// Says as whom a request runs, before any handler sees it.
pub async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(state.anonymous);
    next.run(request).await
}
