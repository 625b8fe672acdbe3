//! Reading complete request bodies.

use axum::{body::Bytes, extract::Request};
use http_body_util::{BodyExt, LengthLimitError};

use crate::{domain::AppError, server::foundation::limits::BODY_LIMIT};

/// Reads a complete body. `RequestBodyLimitLayer` ends one that is too large.
///
/// # Errors
/// `TooLarge`, `Malformed`.
pub async fn bytes(request: Request) -> Result<Bytes, AppError> {
    match request.into_body().collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) => Err(broken(&error)),
    }
}

/// The error for a body that ended early.
pub fn broken(error: &axum::Error) -> AppError {
    if is_length_limit(error) {
        AppError::TooLarge(BODY_LIMIT)
    } else {
        AppError::Malformed("The request body ended early.".to_owned())
    }
}

fn is_length_limit(error: &axum::Error) -> bool {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if error.is::<LengthLimitError>() {
            return true;
        }
        source = error.source();
    }
    false
}
