//! Error responses: one layer renders every error, of handlers and of the framework, in the format of the client, and
//! logs its cause.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use server_fn::{ContentType, error::FromServerFnError};
use tower_http::request_id::RequestId;

use super::options_method;
use crate::{
    domain::{AppError, Cause},
    rpc::postcard::Postcard,
    server::{
        foundation::{limits::BODY_LIMIT, telemetry::log_cause},
        http::{cookies::chosen_theme, html, paths::nothing_here, problem, static_files::StaticFiles},
    },
};

/// The value of `Retry-After` on 503 responses, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// RFC 6750 section 3.1.
const INVALID_TOKEN: HeaderValue = HeaderValue::from_static("Bearer error=\"invalid_token\"");

/// The format of an error, which depends on the kind of client.
#[derive(Clone, Copy)]
enum ErrorFormat {
    /// For API clients: problem details (RFC 9457).
    Problem,
    /// For server functions of our own pages: the encoded `AppError`.
    Postcard,
    /// For browsers: a page.
    Html,
}

/// Middleware: replaces error responses by ones in the format of the client.
pub async fn render_errors(State(site): State<Arc<StaticFiles>>, request: Request, next: Next) -> Response {
    let format = ErrorFormat::of(request.uri().path());
    let is_options = options_method::is_options(&request);
    let has_credentials = request.headers().contains_key(header::AUTHORIZATION);
    let theme = chosen_theme(request.headers());
    let id = request.extensions().get::<RequestId>().cloned();
    let mut response = next.run(request).await;
    if is_options {
        response = options_method::allow(response);
    }
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return response;
    }
    let error = match response.extensions_mut().remove::<AppError>() {
        Some(error) => error,
        None if is_rendered(&response) => {
            // Pages set their status but not this header.
            if response.status() == StatusCode::SERVICE_UNAVAILABLE {
                response.headers_mut().entry(header::RETRY_AFTER).or_insert(RETRY_AFTER);
            }
            return response;
        }
        None => from_framework(response.status()),
    };
    log_cause(&error);
    let mut rendered = match format {
        ErrorFormat::Problem => {
            problem::response(&error, id.and_then(|id| Some(id.header_value().to_str().ok()?.to_owned())))
        }
        ErrorFormat::Postcard => encoded_for_rpc(&error, error.ser()),
        ErrorFormat::Html => html::error_page(&site.files, theme, &error),
    };
    // Keeps the headers of the response (Allow, CORS, …) except those of its body.
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        response.headers_mut().remove(name);
    }
    for (name, value) in response.headers() {
        rendered.headers_mut().append(name.clone(), value.clone());
    }
    let advice = match &error {
        AppError::Unavailable(_) => Some((header::RETRY_AFTER, RETRY_AFTER)),
        AppError::TooManyRequests(seconds) => Some((header::RETRY_AFTER, HeaderValue::from(*seconds))),
        // RFC 9110 section 15.5.16.
        AppError::EncodedBody => Some((header::ACCEPT_ENCODING, HeaderValue::from_static("identity"))),
        AppError::Unauthorized if has_credentials => Some((header::WWW_AUTHENTICATE, INVALID_TOKEN)),
        AppError::Unauthorized => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
        _ => None,
    };
    rendered.headers_mut().extend(advice);
    rendered
}

impl ErrorFormat {
    fn of(path: &str) -> Self {
        let below = |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if below("/api") || below("/events") {
            Self::Problem
        } else if below("/rpc") {
            Self::Postcard
        } else {
            Self::Html
        }
    }
}

/// Whether a handler has rendered the error itself, as a page or as JSON.
fn is_rendered(response: &Response) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_own =
        |value: &str| value.starts_with("text/html") || value.contains("json") || value == Postcard::CONTENT_TYPE;
    content_type.is_some_and(is_own)
}

/// The error for a response of a layer or the router that is only a status.
fn from_framework(status: StatusCode) -> AppError {
    match status {
        StatusCode::UNAUTHORIZED => AppError::Unauthorized,
        StatusCode::FORBIDDEN => AppError::forbidden(),
        StatusCode::NOT_FOUND => nothing_here(),
        StatusCode::METHOD_NOT_ALLOWED => AppError::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => AppError::TooLarge(BODY_LIMIT),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => AppError::UnsupportedMediaType("application/json".to_owned()),
        StatusCode::SERVICE_UNAVAILABLE => AppError::Unavailable(Cause::new("the request took too long")),
        status if status.is_client_error() => AppError::Malformed("The request could not be understood.".to_owned()),
        status => AppError::internal(format!("a layer answered {status}")),
    }
}

/// An error in the encoding that server functions decode in the browser.
pub fn encoded_for_rpc(error: &AppError, body: Bytes) -> Response {
    (problem::status(error), [(header::CONTENT_TYPE, Postcard::CONTENT_TYPE)], Body::from(body)).into_response()
}
