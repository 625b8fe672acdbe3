//! The JSON API under `/api/v1`: extract, call the service, answer. Errors are problem details.

mod body;
mod users;

use axum::{Router, routing::get};

use super::{router::nothing_here, state::AppState};

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/users", get(users::list).post(users::create))
        .route("/users/{id}", get(users::get))
        .fallback(nothing_here)
}
