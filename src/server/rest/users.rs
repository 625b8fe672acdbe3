use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::body::UserBody;
use crate::{
    domain::{AppError, User},
    server::{auth::Actor, state::AppState},
};

pub const PATH: &str = "/api/v1/users";

/// `GET /users/{id}`
pub async fn get(State(state): State<AppState>, actor: Actor, Path(id): Path<String>) -> Result<Json<User>, AppError> {
    Ok(Json(state.users.get(&actor, id.parse()?).await?))
}

/// `POST /users`
pub async fn create(
    State(state): State<AppState>,
    actor: Actor,
    UserBody(form): UserBody,
) -> Result<Response, AppError> {
    let user = state.users.create(&actor, &form).await?;
    let location = format!("{PATH}/{}", user.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(user)).into_response())
}
