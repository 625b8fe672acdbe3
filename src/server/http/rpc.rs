//! HTTP handling of server functions.

use std::ops::Deref;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use leptos::prelude::{provide_context, use_context};
use server_fn::Decodes;
use tracing::Span;

use super::{middleware::errors::encoded_for_rpc, state::AppState};
use crate::{
    domain::AppError,
    rpc::postcard::Postcard,
    server::{foundation::telemetry::log_cause, services::identity::Actor},
};

/// The context of a server function: the services and the actor.
#[derive(Debug)]
pub struct RequestContext {
    state: AppState,
    pub actor: Actor,
    /// The span of the request. Rendering runs in tasks of its own, which have no span.
    span: Span,
}

impl RequestContext {
    /// # Errors
    /// `Internal` outside a request.
    pub fn current() -> Result<Self, AppError> {
        let state = use_context::<AppState>();
        let actor = use_context::<Actor>();
        let (Some(state), Some(actor)) = (state, actor) else {
            return Err(AppError::internal("a server function ran outside a request"));
        };
        let span = use_context::<Span>().unwrap_or_else(Span::current);
        Ok(Self { state, actor, span })
    }

    /// Logs the cause of an error at this boundary, and returns the result unchanged.
    ///
    /// # Errors
    /// The error of the result.
    pub fn log_error<T>(&self, result: Result<T, AppError>) -> Result<T, AppError> {
        result.inspect_err(|error| self.span.in_scope(|| log_cause(error)))
    }
}

impl Deref for RequestContext {
    type Target = AppState;

    fn deref(&self) -> &AppState {
        &self.state
    }
}

/// Handles a call of a server function. Errors get the status of their kind.
pub async fn handle(State(state): State<AppState>, actor: Actor, mut request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let mut methods = server_fn::axum::server_fn_paths().filter(|(known, _)| *known == path).map(|(_, method)| method);
    match methods.next() {
        None => return AppError::NotFound("There is no such server function.".to_owned()).into_response(),
        Some(method) if method != *request.method() => {
            let allow = HeaderValue::from_str(method.as_str()).unwrap_or(HeaderValue::from_static("GET, POST"));
            return ([(header::ALLOW, allow)], AppError::MethodNotAllowed).into_response();
        }
        Some(_) => {}
    }
    // With these, Leptos would answer a plain form post with a redirect to the referring page.
    request.headers_mut().remove(header::REFERER);
    request.headers_mut().remove(header::ACCEPT);
    let span = Span::current();
    let context = move || {
        provide_context(span.clone());
        provide_context(state.clone());
        provide_context(actor.clone());
    };
    let response = leptos_axum::handle_server_fns_with_context(context, request).await.into_response();
    if response.status().is_success() { response } else { with_status_of_error(response).await }
}

/// Sets the status from the error in the body, because Leptos answers every error with 500.
async fn with_status_of_error(response: Response) -> Response {
    let body = match response.into_body().collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return AppError::internal(error).into_response(),
    };
    match <Postcard as Decodes<AppError>>::decode(body.clone()) {
        Ok(error) => encoded_for_rpc(&error, body),
        Err(error) => AppError::internal(error).into_response(),
    }
}
