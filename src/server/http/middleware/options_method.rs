//! OPTIONS requests that are not preflights: they ask for the methods of a path (RFC 9110 section 9.3.7).

use axum::{
    body::Body,
    extract::Request,
    http::{Method, StatusCode, header},
    middleware::Next,
    response::Response,
};

use crate::domain::AppError;

const PLACEHOLDER: &str = "PLAIN-OPTIONS";

/// Renames the method, so that the CORS layer, which treats every OPTIONS as a preflight, passes the request on.
pub fn hide_method<B>(mut request: Request<B>) -> Request<B> {
    let is_preflight = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if *request.method() == Method::OPTIONS && !is_preflight {
        *request.method_mut() = Method::from_bytes(PLACEHOLDER.as_bytes()).unwrap_or(Method::OPTIONS);
    }
    request
}

/// Restores the method after the CORS layer.
pub fn restore_method<B>(mut request: Request<B>) -> Request<B> {
    if request.method().as_str() == PLACEHOLDER {
        *request.method_mut() = Method::OPTIONS;
    }
    request
}

pub fn is_options(request: &Request) -> bool {
    *request.method() == Method::OPTIONS
}

/// Middleware of routes outside the stack: answers OPTIONS as all other paths do.
pub async fn answer(request: Request, next: Next) -> Response {
    let is_options = is_options(&request);
    let response = next.run(request).await;
    if is_options { allow(response) } else { response }
}

/// Turns the router's 405 into 204 and keeps its `Allow` header: no route handles OPTIONS itself. Other responses, like
/// 404, stay as they are.
pub fn allow(mut response: Response) -> Response {
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    *response.status_mut() = StatusCode::NO_CONTENT;
    *response.body_mut() = Body::empty();
    response.extensions_mut().remove::<AppError>();
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        response.headers_mut().remove(name);
    }
    response
}
