//! The OpenAPI document: served as JSON, and rendered as the page `/api/docs`.

use std::sync::LazyLock;

use axum::{
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    server::{
        http::{
            conditional::{known_tag, weak_etag},
            pages,
            state::AppState,
        },
        services::identity::Actor,
    },
    ui::pages::api_docs::ApiDocument,
};

/// The serialized document.
struct Serialized {
    json: Bytes,
    tag: HeaderValue,
}

static SERIALIZED: LazyLock<Serialized> = LazyLock::new(|| {
    let json = serde_json::to_vec(&super::document()).unwrap_or_default();
    Serialized { tag: weak_etag(&json), json: json.into() }
});

/// `GET /api/v1/openapi.json`: public, because it contains no personal data.
pub async fn serve(headers: HeaderMap) -> Response {
    let Serialized { json, tag } = &*SERIALIZED;
    let metadata = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    if known_tag(&headers, tag).is_some() {
        return (StatusCode::NOT_MODIFIED, metadata).into_response();
    }
    (metadata, [(header::CONTENT_TYPE, "application/json")], json.clone()).into_response()
}

/// The document in the form that the page renders.
static RENDERED: LazyLock<ApiDocument> =
    LazyLock::new(|| ApiDocument::new(serde_json::to_value(super::document()).unwrap_or_default()));

/// `/api/docs`: renders the document as a page.
pub async fn page(state: State<AppState>, actor: Actor, mut request: Request) -> Response {
    request.extensions_mut().insert(RENDERED.clone());
    pages::render(state, actor, request).await
}
