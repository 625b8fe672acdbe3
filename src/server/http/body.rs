//! Reading complete request bodies.

use axum::{
    body::Bytes,
    extract::Request,
    http::{HeaderMap, header},
};
use http_body_util::{BodyExt, LengthLimitError};

use crate::{domain::AppError, server::foundation::limits::BODY_LIMIT};

/// Reads a complete body. `RequestBodyLimitLayer` ends one that is too large.
///
/// # Errors
/// `EncodedBody`, `TooLarge`, `Malformed`.
pub async fn bytes(request: Request) -> Result<Bytes, AppError> {
    refuse_encoded(request.headers())?;
    match request.into_body().collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) => Err(body_error(&error)),
    }
}

/// Refuses a body with a `Content-Encoding`: decompressed, a small one could exceed every limit.
///
/// # Errors
/// `EncodedBody`.
pub fn refuse_encoded(headers: &HeaderMap) -> Result<(), AppError> {
    let lines = headers.get_all(header::CONTENT_ENCODING).iter();
    let mut codings = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
    let is_plain = codings.all(|coding| coding.is_empty() || coding.eq_ignore_ascii_case(b"identity"));
    if is_plain { Ok(()) } else { Err(AppError::EncodedBody) }
}

/// The error for a body that could not be read: too large, or cut off by the client.
pub fn body_error(error: &axum::Error) -> AppError {
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
