//! Security headers of every response, and their removal from static files, which browsers fetch by the dozen.

use axum::http::{HeaderName, HeaderValue, Response, header};
use tower_http::set_header::SetResponseHeaderLayer;

/// HSTS (RFC 6797): two years, this host and its subdomains.
const HSTS: &str = "max-age=63072000; includeSubDomains";

/// Defaults for every response: no embedding, no caching, no browser features. Writing to the clipboard stays allowed,
/// because pages offer to copy links and tokens.
static DEFAULTS: [(HeaderName, HeaderValue); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "accelerometer=(), camera=(), clipboard-read=(), display-capture=(), geolocation=(), gyroscope=(), \
             magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
        ),
    ),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// Adds each default header that the handler did not set.
pub fn add<B>(mut response: Response<B>) -> Response<B> {
    let headers = response.headers_mut();
    headers.reserve(DEFAULTS.len());
    for (name, value) in &DEFAULTS {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    response
}

/// Removes headers that matter only for documents and API responses from immutable static files, and reduces `Vary`:
/// the response is the same for every client.
pub fn remove_from_static_files<B>(mut response: Response<B>) -> Response<B> {
    let headers = response.headers_mut();
    if headers.get(header::CACHE_CONTROL).is_some_and(|value| value.as_bytes().ends_with(b"immutable")) {
        for name in [header::CONTENT_SECURITY_POLICY, header::REFERRER_POLICY, header::ACCESS_CONTROL_EXPOSE_HEADERS] {
            headers.remove(name);
        }
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        for name in ["permissions-policy", "cross-origin-opener-policy", "x-request-id"] {
            headers.remove(name);
        }
    }
    response
}

pub fn strict_transport() -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS))
}
