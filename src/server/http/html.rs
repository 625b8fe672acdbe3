//! HTML responses: the page as Leptos rendered it, with its headers.

use std::sync::LazyLock;

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header, header::InvalidHeaderValue},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use memchr::memmem;

use crate::{
    domain::AppError,
    rpc::status::status,
    ui::{self, context::SiteFiles, theme::Theme},
};

/// The page for an error that the requested page could not render itself.
pub fn error_page(files: &SiteFiles, theme: Theme, error: &AppError) -> Response {
    response(status(error), ui::shell::error_document(files, theme, error).into())
}

/// A rendered page as a response, with its content security policy.
pub fn response(status: u16, rendered: Bytes) -> Response {
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

/// The document without what Leptos appends to it: scripts whose data is not used here, and whose nonce would make each
/// rendering of a page different.
fn document(rendered: Bytes) -> Bytes {
    const END: &[u8] = b"</html>";
    memmem::rfind(&rendered, END).map_or(rendered.clone(), |end| rendered.slice(..end + END.len()))
}

/// The content security policy (CSP level 3): only our own files, and the scripts of `cargo leptos watch`.
fn content_security_policy(page: &[u8]) -> Result<HeaderValue, InvalidHeaderValue> {
    let reload_socket = RELOAD_SOCKET.as_deref().unwrap_or_default();
    let reload_scripts: String = RELOAD_SOCKET.iter().flat_map(|_| inline_scripts(page)).map(hash_source).collect();
    HeaderValue::try_from(format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{reload_scripts}; style-src 'self'; \
         img-src 'self'; font-src 'self'; connect-src 'self'{reload_socket}; manifest-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ))
}

/// The WebSocket for live reload, only under `cargo leptos watch`.
static RELOAD_SOCKET: LazyLock<Option<String>> =
    LazyLock::new(|| ui::shell::reload_port().map(|port| format!(" ws://127.0.0.1:{port} ws://localhost:{port}")));

fn hash_source(script: &[u8]) -> String {
    let hash = ring::digest::digest(&ring::digest::SHA256, script);
    format!(" 'sha256-{}'", BASE64_STANDARD.encode(hash))
}

/// The contents of the script elements.
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
    fn a_page_ends_at_the_last_end_tag_of_its_document() {
        let rendered = br#"<html><body><p></html></p></body><!></html><!><script nonce="a">A=[];</script>"#;
        let page = document(rendered.as_slice().into());
        assert_eq!(page, b"<html><body><p></html></p></body><!></html>".as_slice());
        assert_eq!(document(b"none".as_slice().into()), b"none".as_slice());
    }
}
