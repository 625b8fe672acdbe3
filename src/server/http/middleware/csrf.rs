//! Protection from cross-site request forgery (CSRF).

use axum::{
    http::{Request, header},
    response::{IntoResponse, Response},
};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::{domain::AppError, server::foundation::public_url::PublicUrl};

/// Refuses cross-site requests of browsers, by Fetch metadata or else by `Origin`.
pub fn same_origin(public_url: &PublicUrl) -> CsrfLayer<impl Fn(ProtectionError) -> Response + Clone + use<>> {
    let refused = |_| AppError::Forbidden("This request came from another site.".to_owned()).into_response();
    let layer = CsrfLayer::new().add_trusted_origin(public_url.origin()).unwrap_or_default();
    layer.with_rejection_response(refused)
}

/// Exempts requests with `Authorization` from the check: browsers never add this header by themselves.
pub fn exempt_credentials<B>(mut request: Request<B>) -> Request<B> {
    if request.headers().contains_key(header::AUTHORIZATION) {
        request.headers_mut().remove(header::ORIGIN);
        request.headers_mut().remove("sec-fetch-site");
    }
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_requests_with_authorization_are_exempt() {
        for (name, is_exempt) in [("authorization", true), ("cookie", false)] {
            let request = Request::builder().header(name, "secret");
            let request = request.header("origin", "https://evil.example").header("sec-fetch-site", "cross-site");
            let headers = exempt_credentials(request.body(()).unwrap()).into_parts().0.headers;
            assert_eq!(headers.len(), if is_exempt { 1 } else { 3 }, "{name}");
        }
    }
}
