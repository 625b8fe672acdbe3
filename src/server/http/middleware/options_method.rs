//! OPTIONS that is no preflight asks what a path takes (RFC 9110 section 9.3.7).

use axum::{
    body::Body,
    extract::Request,
    http::{Method, StatusCode, header},
    response::Response,
};

use crate::domain::AppError;

const DISGUISE: &str = "PLAIN-OPTIONS";

/// The CORS layer takes every OPTIONS for a preflight: what is none passes it under another name.
pub fn disguise<B>(mut request: Request<B>) -> Request<B> {
    let is_preflight = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if *request.method() == Method::OPTIONS && !is_preflight {
        *request.method_mut() = Method::from_bytes(DISGUISE.as_bytes()).unwrap_or(Method::OPTIONS);
    }
    request
}

/// Behind the CORS layer it is itself again.
pub fn undisguise<B>(mut request: Request<B>) -> Request<B> {
    if request.method().as_str() == DISGUISE {
        *request.method_mut() = Method::OPTIONS;
    }
    request
}

pub fn is_asked(request: &Request) -> bool {
    *request.method() == Method::OPTIONS
}

/// Nothing takes OPTIONS: what the router says in its refusal is the answer. A path that is not
/// there stays so.
pub fn answer(mut response: Response) -> Response {
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
