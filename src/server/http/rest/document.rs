//! The OpenAPI document: served as JSON, and rendered as the page `/api/docs`.

use std::sync::LazyLock;

use axum::{
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::{
    server::{
        foundation::secret::hash,
        http::{pages, state::AppState},
        services::identity::Actor,
    },
    ui::pages::api_docs::ApiDocument,
};

/// The document as it is sent.
struct Sent {
    json: Bytes,
    tag: HeaderValue,
}

static SENT: LazyLock<Sent> = LazyLock::new(|| {
    let json = serde_json::to_vec(&super::document()).unwrap_or_default();
    let digest = BASE64_URL_SAFE_NO_PAD.encode(&hash(&json)[..12]);
    // Weak: compression changes the bytes.
    let tag = HeaderValue::try_from(format!("W/\"{digest}\"")).unwrap_or(HeaderValue::from_static("W/\"\""));
    Sent { json: json.into(), tag }
});

/// `GET /api/v1/openapi.json`: for anybody, since it tells of nobody.
pub async fn serve(headers: HeaderMap) -> Response {
    let Sent { json, tag } = &*SENT;
    let about = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    let mut known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    if known.any(|line| line.split(',').any(|known| known.trim() == *tag)) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    (about, [(header::CONTENT_TYPE, "application/json")], json.clone()).into_response()
}

/// The document as its page renders it.
static SHOWN: LazyLock<ApiDocument> =
    LazyLock::new(|| ApiDocument::new(serde_json::to_value(super::document()).unwrap_or_default()));

/// `/api/docs`: the page is given the document, which it renders.
pub async fn page(state: State<AppState>, actor: Actor, mut request: Request) -> Response {
    request.extensions_mut().insert(SHOWN.clone());
    pages::render(state, actor, request).await
}
