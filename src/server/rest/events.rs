use axum::{
    Json,
    extract::{Path, RawQuery, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::{
    domain::{AppError, ListEvents, Trail},
    server::{auth::Actor, state::AppState},
};

/// `GET /audit`: the array of events, the latest first; `Link` leads to older ones.
pub async fn list(
    State(state): State<AppState>,
    actor: Actor,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let query: ListEvents = query.as_deref().unwrap_or_default().parse()?;
    let trail = state.audit.list(&actor, &query).await?;
    answer("/api/v1/audit", &query, trail)
}

/// `GET /users/{id}/history`: the array of events that changed the user.
pub async fn history(
    State(state): State<AppState>,
    actor: Actor,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let (id, query) = (id.parse()?, query.as_deref().unwrap_or_default().parse::<ListEvents>()?);
    let trail = state.audit.history(&actor, id, &query).await?;
    answer(&format!("/api/v1/users/{id}/history"), &query, trail)
}

fn answer(path: &str, query: &ListEvents, trail: Trail) -> Result<Response, AppError> {
    let Some(next) = trail.next else { return Ok(Json(trail.events).into_response()) };
    let link = format!("<{path}?{}>; rel=\"next\"", query.after(next));
    let link = HeaderValue::try_from(link).map_err(AppError::internal)?;
    Ok(([(header::LINK, link)], Json(trail.events)).into_response())
}
