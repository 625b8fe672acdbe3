//! Bodies that clients send.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::header,
};
use http_body_util::{BodyExt, LengthLimitError};
use serde_json::{Map, Value};

use crate::{
    domain::{AppError, FieldErrors, UserForm},
    server::router::BODY_LIMIT,
};

/// A JSON object with the fields of a user form and no others.
pub struct UserBody(pub UserForm);

impl<S: Sync> FromRequest<S> for UserBody {
    type Rejection = AppError;

    async fn from_request(request: Request, _: &S) -> Result<Self, AppError> {
        let object = json_object(request).await?;
        let mut form = UserForm::default();
        let mut errors = FieldErrors::default();
        for (field, value) in object {
            let text = match value {
                Value::String(text) => text,
                Value::Null => String::new(),
                _ if UserForm::FIELDS.contains(&field.as_str()) => {
                    errors.push(field, "invalid", "must be a string");
                    continue;
                }
                _ => String::new(),
            };
            match field.as_str() {
                "name" => form.name = text,
                "email" => form.email = text,
                _ => {
                    let message = format!("is not a field; allowed are {}", UserForm::FIELDS.join(", "));
                    errors.push(field, "unknown", message);
                }
            }
        }
        if errors.is_empty() {
            return Ok(Self(form));
        }
        // What else is wrong is said now, not after the next try.
        if let Err(invalid) = form.parse() {
            let unseen = invalid.0.into_iter().filter(|error| !errors.0.iter().any(|known| known.field == error.field));
            let unseen: Vec<_> = unseen.collect();
            errors.0.extend(unseen);
        }
        Err(errors.into())
    }
}

async fn json_object(request: Request) -> Result<Map<String, Value>, AppError> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(AppError::UnsupportedMediaType("application/json".to_owned()));
    }
    match serde_json::from_slice(&bytes(request).await?) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(AppError::Malformed("The body must be a JSON object.".to_owned())),
        Err(error) => Err(AppError::Malformed(format!("The body is not JSON: {error}."))),
    }
}

/// The whole body; the limit's layer ends it where it is too long.
async fn bytes(request: Request) -> Result<Bytes, AppError> {
    match request.into_body().collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if is_length_limit(&error) => Err(AppError::TooLarge(BODY_LIMIT)),
        Err(_) => Err(AppError::Malformed("The body broke off.".to_owned())),
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
