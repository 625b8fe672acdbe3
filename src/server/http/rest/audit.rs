use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::json::json;
use crate::{
    domain::{AppError, ListEvents, Trail, UserId},
    server::{
        http::{
            openapi::{parameters, responses},
            paths::{AUDIT, USERS},
            state::AppState,
        },
        services::identity::Actor,
    },
};

/// `GET /audit`: the events as an array, latest first. `Link` points to older ones.
#[utoipa::path(
    get,
    path = "/audit",
    operation_id = "listEvents",
    tag = "Audit",
    summary = "Lists the events of the audit trail",
    description = "Newest first. `Link` has the `next` page, with older events. An empty parameter is \
        ignored.",
    params(ListEvents),
    responses(responses::Events, responses::BadFields, responses::CommonErrors),
    security(("token" = ["admin"]), ("session" = ["admin"])),
)]
pub async fn list(
    State(state): State<AppState>,
    actor: Actor,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let query: ListEvents = query.as_deref().unwrap_or_default().parse()?;
    let trail = state.audit.list(&actor, &query).await?;
    page(AUDIT, &query, trail)
}

/// `GET /users/{id}/history`: the events of a user as an array.
#[utoipa::path(
    get,
    path = "/users/{id}/history",
    operation_id = "getHistory",
    tag = "Users",
    summary = "Lists the history of a user",
    description = "The changes with their actor and time, newest first. `Link` has the `next` page.",
    params(UserId, parameters::HistoryQuery),
    responses(responses::Events, responses::MalformedUrl, responses::BadFields, responses::NotFound, responses::CommonErrors),
    security(("token" = ["users:write"]), ("session" = ["editor"])),
)]
pub async fn history(
    State(state): State<AppState>,
    actor: Actor,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let (id, query) = (id.parse()?, query.as_deref().unwrap_or_default().parse::<ListEvents>()?);
    let trail = state.audit.history(&actor, id, &query).await?;
    page(&format!("{USERS}/{id}/history"), &query, trail)
}

fn page(path: &str, query: &ListEvents, trail: Trail) -> Result<Response, AppError> {
    let Some(next) = trail.next else { return Ok(json(&trail.events)) };
    let link = format!("<{path}?{}>; rel=\"next\"", query.after(next));
    let link = HeaderValue::try_from(link).map_err(AppError::internal)?;
    Ok(([(header::LINK, link)], json(&trail.events)).into_response())
}
