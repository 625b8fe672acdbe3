use axum::{
    Json,
    extract::{Path, RawQuery, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::body::UserBody;
use crate::{
    domain::{AppError, ListUsers, User},
    server::{auth::Actor, state::AppState},
};

const PATH: &str = "/api/v1/users";

/// `GET /users`: the array of users; `Link` leads to the neighbouring pages.
pub async fn list(
    State(state): State<AppState>,
    actor: Actor,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let query: ListUsers = query.as_deref().unwrap_or_default().parse()?;
    let page = state.users.list(&actor, &query).await?;
    Ok(([(header::LINK, link(&query, page.more)?)], Json(page.items)).into_response())
}

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

/// Web links (RFC 8288) to `first`, `prev` and `next`.
fn link(query: &ListUsers, more: bool) -> Result<HeaderValue, AppError> {
    let next = query.next().filter(|_| more);
    let pages = [("first", Some(query.at_page(1))), ("prev", query.previous()), ("next", next)];
    let links = pages.iter().filter_map(|(rel, page)| {
        let query = page.as_ref()?.to_string();
        let separator = if query.is_empty() { "" } else { "?" };
        Some(format!("<{PATH}{separator}{query}>; rel=\"{rel}\""))
    });
    HeaderValue::try_from(links.collect::<Vec<_>>().join(", ")).map_err(AppError::internal)
}
