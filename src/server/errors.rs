//! How errors leave the server: one layer gives every error, of handlers and of the framework, the
//! form that its reader understands, and logs its cause.

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use problem_details::ProblemDetails;
use serde::Serialize;
use server_fn::{ContentType, error::FromServerFnError};
use tower_http::request_id::RequestId;

use super::{forms::theme, function::Next, options, pages, router::BODY_LIMIT, rpc, state::AppState};
use crate::{
    domain::{AppError, Cause, FieldError},
    rpc::wire::Wire,
};

/// Seconds after which a client may try again what was not available.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// RFC 6750 section 3.1.
const INVALID_TOKEN: HeaderValue = HeaderValue::from_static("Bearer error=\"invalid_token\"");

/// A handler answers an error bare; `speak` dresses it.
impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let mut response = status(&self).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Who reads an answer decides its form.
#[derive(Clone, Copy)]
enum Reader {
    /// A program: problem details (RFC 9457).
    Api,
    /// Our own page: the error itself.
    Rpc,
    /// A person: a page.
    Person,
}

/// Dresses errors for their reader.
pub async fn speak(state: AppState, request: Request, next: Next) -> Response {
    let reader = Reader::of(request.uri().path());
    let asks_for_methods = options::is_asked(&request);
    let has_credentials = request.headers().contains_key(header::AUTHORIZATION);
    let theme = theme::chosen(request.headers());
    let id = request.extensions().get::<RequestId>().cloned();
    let mut response = next.run(request).await;
    if asks_for_methods {
        response = options::answer(response);
    }
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return response;
    }
    let error = match response.extensions_mut().remove::<AppError>() {
        Some(error) => error,
        None if is_dressed(&response) => {
            // A page knows its status, not its headers.
            if response.status() == StatusCode::SERVICE_UNAVAILABLE {
                response.headers_mut().entry(header::RETRY_AFTER).or_insert(RETRY_AFTER);
            }
            return response;
        }
        None => from_framework(response.status()),
    };
    log_cause(&error);
    let mut dressed = match reader {
        Reader::Api => {
            problem(&error, id.and_then(|id| Some(id.header_value().to_str().ok()?.to_owned()))).into_response()
        }
        Reader::Rpc => rpc::dressed(&error, error.ser()),
        Reader::Person => pages::error_page(&state, theme, &error),
    };
    // The headers of the answer stay (Allow, CORS, …), but for those of its body.
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        response.headers_mut().remove(name);
    }
    for (name, value) in response.headers() {
        dressed.headers_mut().append(name.clone(), value.clone());
    }
    let advice = match &error {
        AppError::Unavailable(_) => Some((header::RETRY_AFTER, RETRY_AFTER)),
        AppError::TooManyRequests(seconds) => Some((header::RETRY_AFTER, HeaderValue::from(*seconds))),
        AppError::Unauthorized if has_credentials => Some((header::WWW_AUTHENTICATE, INVALID_TOKEN)),
        AppError::Unauthorized => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
        _ => None,
    };
    dressed.headers_mut().extend(advice);
    dressed
}

/// Logs what lies behind an error, within the span that carries the request's id.
pub fn log_cause(error: &AppError) {
    if let Some(cause) = error.cause() {
        tracing::error!(status = error.status(), cause, "a request failed");
    }
}

impl Reader {
    fn of(path: &str) -> Self {
        let below = |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if below("/api") || below("/events") {
            Self::Api
        } else if below("/rpc") {
            Self::Rpc
        } else {
            Self::Person
        }
    }
}

/// Whether a handler has said everything itself: a page of its own, or an error for a program.
fn is_dressed(response: &Response) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_own = |value: &str| value.starts_with("text/html") || value.contains("json") || value == Wire::CONTENT_TYPE;
    content_type.is_some_and(is_own)
}

/// What a layer or the router meant by an answer that is only a status.
fn from_framework(status: StatusCode) -> AppError {
    match status {
        StatusCode::UNAUTHORIZED => AppError::Unauthorized,
        StatusCode::FORBIDDEN => AppError::forbidden(),
        StatusCode::NOT_FOUND => AppError::NotFound("There is nothing at this address.".to_owned()),
        StatusCode::METHOD_NOT_ALLOWED => AppError::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => AppError::TooLarge(BODY_LIMIT),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => AppError::UnsupportedMediaType("application/json".to_owned()),
        StatusCode::SERVICE_UNAVAILABLE => AppError::Unavailable(Cause::new("the request took too long")),
        status if status.is_client_error() => AppError::Malformed("The request could not be understood.".to_owned()),
        status => AppError::internal(format!("a layer answered {status}")),
    }
}

/// What the contract adds to problem details.
#[derive(Serialize)]
struct Extension {
    request_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// The same message again, where older clients look for it.
    error: String,
}

fn problem(error: &AppError, request_id: Option<String>) -> Response {
    let status = status(error);
    match serde_json::to_vec(&details(error, request_id)) {
        Ok(body) => (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response(),
        Err(_) => status.into_response(),
    }
}

/// An error as a program reads it.
pub fn details(error: &AppError, request_id: Option<String>) -> impl Serialize + use<> {
    let message = error.to_string();
    ProblemDetails::from_status_code(status(error))
        .with_title(error.title())
        .with_detail(message.clone())
        .with_extensions(Extension { request_id, errors: error.fields().to_vec(), error: message })
}

fn status(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
