//! Access to the REST API, before the services check the exact permissions.

use axum::{
    extract::Request,
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    domain::AppError,
    server::services::identity::{Actor, Identity},
};

/// Middleware: refuses actors without any permission before a handler reads the body, even on unknown paths.
pub async fn require_access(request: Request, next: Next) -> Response {
    match check_access(&request) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

fn check_access(request: &Request) -> Result<(), AppError> {
    // The methods of a path are public.
    if *request.method() == Method::OPTIONS {
        return Ok(());
    }
    let actor = request.extensions().get::<Actor>().ok_or(AppError::Unauthorized)?;
    match actor.identity {
        Identity::Anonymous if request.method().is_safe() => Err(AppError::Unauthorized),
        _ if request.method().is_safe() => Ok(()),
        _ => actor.may_write(),
    }
}
