use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::json::json_response;
use crate::{
    domain::{AppError, ListUsers, Page, Total, User},
    server::{
        http::{
            conditional::{known_tag, weak_etag},
            openapi::{parameters, responses},
            paths::USERS,
            state::AppState,
        },
        services::identity::Actor,
    },
};

const TOTAL: HeaderName = HeaderName::from_static("x-total-count");

/// `GET /users`: the users as an array. `Link` points to the neighbouring pages; with `count=exact`, `X-Total-Count` is
/// the total number.
#[utoipa::path(
    get,
    path = "/users",
    operation_id = "listUsers",
    tag = "Users",
    summary = "Lists users",
    description = "Newest first by default. `Link` has the `first`, `prev` and \
        `next` page.",
    params(ListUsers, parameters::IfNoneMatch),
    responses(responses::UserPage, responses::PageNotModified, responses::BadFields, responses::CommonErrors),
    security(("token" = ["users:read"]), ("session" = ["viewer"])),
)]
pub async fn list(
    State(state): State<AppState>,
    actor: Actor,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let query: ListUsers = query.as_deref().unwrap_or_default().parse()?;
    let page = state.users.list(&actor, &query).await?;
    let link = link(&query, &page)?;
    let body = serde_json::to_vec(&page.items).map_err(AppError::internal)?;
    let mut response = conditional(&headers, body);
    response.headers_mut().insert(header::LINK, link);
    if let Some(Total::Exactly(total)) = page.total {
        response.headers_mut().insert(TOTAL, total.into());
    }
    Ok(response)
}

/// The body, unless `If-None-Match` names it.
fn conditional(headers: &HeaderMap, body: Vec<u8>) -> Response {
    let tag = weak_etag(&body);
    let is_known = known_tag(headers, &tag).is_some();
    let etag = [(header::ETAG, tag)];
    if is_known {
        return (StatusCode::NOT_MODIFIED, etag).into_response();
    }
    (etag, json_response(body)).into_response()
}

/// Web links (RFC 8288) to `first`, `prev` and `next`. They use keyset pagination by cursor, so that no user appears
/// twice or is missed when others are added or deleted in the meantime.
fn link(query: &ListUsers, page: &Page<User>) -> Result<HeaderValue, AppError> {
    let first = Some(ListUsers { count: query.count, per_page: query.per_page, ..query.whole() });
    let previous = page.previous.as_ref().map(|cursor| query.at_cursor(cursor));
    let next = page.next.as_ref().map(|cursor| query.at_cursor(cursor));
    let links = [("first", first), ("prev", previous), ("next", next)];
    let links = links.iter().filter_map(|(rel, list)| {
        let query = list.as_ref()?.to_string();
        let separator = if query.is_empty() { "" } else { "?" };
        Some(format!("<{USERS}{separator}{query}>; rel=\"{rel}\""))
    });
    HeaderValue::try_from(links.collect::<Vec<_>>().join(", ")).map_err(AppError::internal)
}
