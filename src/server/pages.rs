//! The pages over HTTP: Leptos renders, this adds status and headers.

use std::sync::LazyLock;

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, Uri, header, header::InvalidHeaderValue, uri::PathAndQuery},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use form_urlencoded::Serializer;
use http_body_util::BodyExt;
use leptos::prelude::provide_context;
use memchr::memmem;
use tracing::Span;

use super::{auth::Actor, flash, forms::theme, openapi, router::nothing_here, state::AppState};
use crate::{
    domain::AppError,
    ui::{self, flash::Flash, form::Submitted, here::Here, live, now::Now, status::PageStatus, theme::Theme},
};

/// Renders the page that the address asks for; leads those who must sign in to where they can.
pub async fn render(State(state): State<AppState>, actor: Actor, request: Request) -> Response {
    let here = request.uri().path_and_query().map_or("/", PathAndQuery::as_str).to_owned();
    let theme = theme::chosen(request.headers());
    let flash = flash::read(&state, &actor, request.headers(), &here).await;
    let is_told = flash.is_some();
    let mut page = rendered(&state, actor, request, theme, None, flash).await;
    if page.status() == StatusCode::UNAUTHORIZED {
        return to_sign_in(&here);
    }
    // What a browser asks for beside its page is no page that anybody reads.
    if is_told && page.status() == StatusCode::OK {
        page.headers_mut().append(header::SET_COOKIE, flash::removal(&state.public_url));
    }
    page
}

/// Renders the page that a form was posted to, with what became of it.
pub async fn render_again(
    state: &AppState,
    actor: Actor,
    address: Uri,
    theme: Theme,
    submitted: Submitted,
) -> Response {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = address;
    rendered(state, actor, request, theme, Some(submitted), None).await
}

/// To the page that signs in, and from there back to `here`.
pub fn to_sign_in(here: &str) -> Response {
    let to = Serializer::new(String::new()).append_pair("to", here).finish();
    see_other(&format!("/sign-in?{to}"))
}

/// Another page is the answer (RFC 9110 section 15.4.4).
pub fn see_other(location: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, location), (header::CACHE_CONTROL, "no-store")]).into_response()
}

async fn rendered(
    state: &AppState,
    actor: Actor,
    request: Request,
    theme: Theme,
    submitted: Option<Submitted>,
    flash: Option<Flash>,
) -> Response {
    let status = PageStatus::default();
    let error = submitted.as_ref().and_then(|submitted| submitted.error.clone());
    let now = state.clock.now().ok();
    let files = state.site.files.clone();
    // Read before the list is: what changes from here on is told to the page.
    let position = match request.uri().path() {
        "/" => state.feed.position().await.ok().map(|position| live::Position(position.to_string())),
        _ => None,
    };
    let here = Here(request.uri().path_and_query().map_or("/", PathAndQuery::as_str).to_owned());
    let context = {
        let (state, status, span) = (state.clone(), status.clone(), Span::current());
        move || {
            provide_context(span.clone());
            provide_context(state.clone());
            provide_context(actor.access());
            provide_context(actor.clone());
            provide_context(status.clone());
            provide_context(theme);
            provide_context(here.clone());
            provide_context(openapi::page());
            if let Some(now) = now {
                provide_context(Now(now));
            }
            if let Some(position) = position.clone() {
                provide_context(position);
            }
            if let Some(submitted) = submitted.clone() {
                provide_context(submitted);
            }
            if let Some(flash) = flash.clone() {
                provide_context(flash);
            }
        }
    };
    let handler = leptos_axum::render_app_async_with_context(context, move || ui::shell::document(&files));
    match handler(request).await.into_body().collect().await {
        Ok(body) => html(error.map_or(status.get(), |error| error.status()), body.to_bytes()),
        Err(error) => AppError::internal(error).into_response(),
    }
}

/// What no route knows: a file of the site, or nothing, which has a page of its own.
pub async fn file_or_not_found(state: State<AppState>, actor: Actor, request: Request) -> Response {
    if *request.method() == Method::OPTIONS && !state.site.has(request.uri().path()) {
        return nothing_here().await.into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ([(header::ALLOW, "GET, HEAD")], AppError::MethodNotAllowed).into_response();
    }
    match state.site.get(request.uri().path(), request.headers()) {
        Some(file) => file,
        None => render(state, actor, request).await,
    }
}

/// A page for an error that no page could render itself.
pub fn error_page(state: &AppState, theme: Theme, error: &AppError) -> Response {
    html(error.status(), ui::shell::error_document(&state.site.files, theme, error).into())
}

fn html(status: u16, rendered: Bytes) -> Response {
    let page = document(rendered);
    let policy = match content_security_policy(&page) {
        Ok(policy) => policy,
        Err(error) => return AppError::internal(error).into_response(),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Body::from(page)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// Without what Leptos puts behind the end of the document: scripts with data that nothing here asks
/// for, and with a nonce, which would make other bytes of the same page.
fn document(rendered: Bytes) -> Bytes {
    const END: &[u8] = b"</html>";
    memmem::rfind(&rendered, END).map_or(rendered.clone(), |end| rendered.slice(..end + END.len()))
}

/// Nothing but our own files runs, and what `cargo leptos watch` has put into the page (CSP level 3).
fn content_security_policy(page: &[u8]) -> Result<HeaderValue, InvalidHeaderValue> {
    let reload_socket = RELOAD_SOCKET.as_deref().unwrap_or_default();
    let reload_scripts: String = RELOAD_SOCKET.iter().flat_map(|_| inline_scripts(page)).map(hash_source).collect();
    HeaderValue::try_from(format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{reload_scripts}; style-src 'self'; \
         img-src 'self'; font-src 'self'; connect-src 'self'{reload_socket}; manifest-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ))
}

/// Where `cargo leptos watch` tells the page to reload; nobody else gets such a socket.
static RELOAD_SOCKET: LazyLock<Option<String>> =
    LazyLock::new(|| ui::shell::reload_port().map(|port| format!(" ws://127.0.0.1:{port} ws://localhost:{port}")));

fn hash_source(script: &[u8]) -> String {
    let hash = ring::digest::digest(&ring::digest::SHA256, script);
    format!(" 'sha256-{}'", BASE64_STANDARD.encode(hash))
}

/// What stands in script elements.
fn inline_scripts(html: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let tag = memmem::find(rest, b"<script")?;
        let start = tag + memmem::find(&rest[tag..], b">")? + 1;
        let length = memmem::find(&rest[start..], b"</script>")?;
        let script = &rest[start..start + length];
        rest = &rest[start + length..];
        Some(script)
    })
    .filter(|script| !script.is_empty())
}

#[cfg(test)]
mod tests {
    use super::document;

    #[test]
    fn a_page_ends_where_the_last_document_in_it_does() {
        let rendered = br#"<html><body><p></html></p></body><!></html><!><script nonce="a">A=[];</script>"#;
        let page = document(rendered.as_slice().into());
        assert_eq!(page, b"<html><body><p></html></p></body><!></html>".as_slice());
        assert_eq!(document(b"none".as_slice().into()), b"none".as_slice());
    }
}
