use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::json::json;
use crate::{
    domain::{AppError, Event, ListEvents, Trail},
    server::{
        http::{
            openapi::{answers, examples, parameters},
            state::AppState,
        },
        services::identity::Actor,
    },
};

/// The response body.
#[derive(Serialize, ToSchema)]
#[schema(max_items = 100)]
struct EventPage(Vec<Event>);

/// `GET /audit`: the events as an array, latest first. `Link` points to older ones.
#[utoipa::path(
    get,
    path = "/audit",
    operation_id = "listEvents",
    tag = "Audit",
    summary = "Reads the audit trail",
    description = "The latest first. `Link` leads to the `next` older ones. A parameter that is left empty is \
        no filter.",
    params(parameters::AuditQuery),
    responses(
        (
            status = 200,
            description = "The events, the latest first.",
            body = inline(EventPage),
            headers(("Link")),
            example = json!([examples::event()]),
        ),
        answers::BadFields,
        answers::Refused,
    ),
    security(("token" = ["admin"]), ("session" = ["admin"])),
)]
pub async fn list(
    State(state): State<AppState>,
    actor: Actor,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let query: ListEvents = query.as_deref().unwrap_or_default().parse()?;
    let trail = state.audit.list(&actor, &query).await?;
    answer("/api/v1/audit", &query, trail)
}

/// `GET /users/{id}/history`: the events of a user as an array.
#[utoipa::path(
    get,
    path = "/users/{id}/history",
    operation_id = "getHistory",
    tag = "Users",
    summary = "Tells what became of a user",
    description = "Who changed what, and when; the latest first. `Link` leads to the `next` older ones.",
    params(parameters::UserPath, parameters::HistoryQuery),
    responses(
        (
            status = 200,
            description = "The events, the latest first.",
            body = inline(EventPage),
            headers(("Link")),
            example = json!([examples::event()]),
        ),
        answers::BadAddress,
        answers::BadFields,
        answers::Unknown,
        answers::Refused,
    ),
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
    answer(&format!("/api/v1/users/{id}/history"), &query, trail)
}

fn answer(path: &str, query: &ListEvents, trail: Trail) -> Result<Response, AppError> {
    let page = json(&EventPage(trail.events));
    let Some(next) = trail.next else { return Ok(page) };
    let link = format!("<{path}?{}>; rel=\"next\"", query.after(next));
    let link = HeaderValue::try_from(link).map_err(AppError::internal)?;
    Ok(([(header::LINK, link)], page).into_response())
}
