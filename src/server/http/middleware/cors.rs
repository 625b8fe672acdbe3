//! CORS: the other sites whose pages may call the API from a browser.

use std::{fmt, str::FromStr, sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, Uri, header, request::Parts},
    middleware::Next,
    response::Response,
};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::run_through;

/// A domain that is allowed with all its subdomains: `mycompany.com` matches `app.mycompany.com`, but not
/// `evilmycompany.com`.
#[derive(Clone, PartialEq, Eq)]
pub struct CorsDomain(String);

impl FromStr for CorsDomain {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let domain = text.trim().to_ascii_lowercase();
        let is_label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if domain.split('.').all(is_label) {
            Ok(Self(domain))
        } else {
            Err("must be a domain without scheme or port, as in mycompany.com")
        }
    }
}

impl CorsDomain {
    fn allows(&self, host: &str) -> bool {
        let below = host.strip_suffix(self.0.as_str());
        below.is_some_and(|labels| labels.is_empty() || labels.ends_with('.'))
    }
}

impl fmt::Debug for CorsDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Middleware: answers preflights and adds the CORS headers (Fetch standard). A request without `Origin` skips the
/// layer and only gets `Vary: origin`.
pub async fn apply(State(cors): State<Arc<CorsLayer>>, request: Request, next: Next) -> Response {
    if request.method() != Method::OPTIONS && !request.headers().contains_key(header::ORIGIN) {
        let mut response = next.run(request).await;
        response.headers_mut().append(header::VARY, HeaderValue::from_static("origin"));
        return response;
    }
    run_through(&*cors, request, next).await
}

/// The CORS layer. It allows no credentials: callers from other origins use tokens instead of cookies.
pub fn layer(domains: Vec<CorsDomain>) -> CorsLayer {
    let domains: Arc<[CorsDomain]> = domains.into();
    let allowed = move |origin: &HeaderValue, _: &Parts| {
        host_of(origin).is_some_and(|host| domains.iter().any(|domain| domain.allows(&host)))
    };
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(allowed))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("x-request-id"),
        ])
        .expose_headers([
            header::ETAG,
            header::LINK,
            header::LOCATION,
            header::RETRY_AFTER,
            HeaderName::from_static("idempotency-replayed"),
            HeaderName::from_static("ratelimit"),
            HeaderName::from_static("ratelimit-policy"),
            HeaderName::from_static("x-total-count"),
            HeaderName::from_static("x-request-id"),
        ])
        .max_age(Duration::from_mins(10))
}

/// The host of an origin (RFC 6454): scheme, host and perhaps a port, nothing else.
fn host_of(origin: &HeaderValue) -> Option<String> {
    let origin = origin.to_str().ok()?;
    let uri: Uri = origin.parse().ok()?;
    let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
    let has_nothing_else = uri.path_and_query().is_none_or(|rest| rest == "/") && !origin.contains('@');
    (is_http && has_nothing_else).then_some(())?;
    uri.host().map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_matches_itself_and_its_subdomains_label_by_label() {
        let domain: CorsDomain = "MyCompany.com".parse().unwrap();
        let allows =
            |origin: &'static str| host_of(&HeaderValue::from_static(origin)).is_some_and(|host| domain.allows(&host));
        for origin in ["https://mycompany.com", "https://app.mycompany.com:8443", "http://a.b.MYCOMPANY.com"] {
            assert!(allows(origin), "{origin}");
        }
        for origin in [
            "https://evilmycompany.com",
            "https://mycompany.com.evil.org",
            "https://company.com",
            "null",
            "https://evil.org@mycompany.com",
            "https://mycompany.com/path",
            "ftp://mycompany.com",
            "mycompany.com",
            "https://com",
        ] {
            assert!(!allows(origin), "{origin}");
        }
    }

    #[test]
    fn only_domains_are_accepted() {
        for text in ["", "https://mycompany.com", "mycompany.com:443", ".com", "a b", "*.mycompany.com", "*"] {
            assert!(text.parse::<CorsDomain>().is_err(), "{text}");
        }
    }
}
