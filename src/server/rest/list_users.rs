use axum::{
    Json,
    extract::{RawQuery, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::users::PATH;
use crate::{
    domain::{AppError, ListUsers},
    server::{auth::Actor, state::AppState},
};

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
