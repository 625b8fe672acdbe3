//! JSON bodies of requests and responses.

use std::fmt;

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::{
    domain::AppError,
    server::{
        foundation::limits::{JSON_MEMBERS, JSON_NAME_CHARS},
        http::body::bytes,
    },
};

pub const JSON: &str = "application/json";
/// RFC 7396.
pub const MERGE_PATCH: &str = "application/merge-patch+json";

/// The initial capacity of a body in bytes: most responses are smaller.
const CAPACITY: usize = 512;
/// The initial capacity of the header map, with room for the headers that middleware adds.
const HEADERS: usize = 24;

pub fn json(value: &impl Serialize) -> Response {
    let mut body = Vec::with_capacity(CAPACITY);
    match serde_json::to_writer(&mut body, value) {
        Ok(()) => json_response(body),
        Err(error) => AppError::internal(error).into_response(),
    }
}

/// A response with serialized JSON.
pub fn json_response(body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    let mut headers = HeaderMap::with_capacity(HEADERS);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *response.headers_mut() = headers;
    response
}

/// Parses a body as a JSON object.
///
/// # Errors
/// `UnsupportedMediaType` for another content type, `Malformed`, `TooLarge`.
pub async fn object(request: Request, media_type: &'static str) -> Result<Map<String, Value>, AppError> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let given = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !given.eq_ignore_ascii_case(media_type) {
        return Err(AppError::UnsupportedMediaType(media_type.to_owned()));
    }
    match serde_json::from_slice(&bytes(request).await?).map(|UniqueMembers(value)| value) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(AppError::Malformed("The request body must be a JSON object.".to_owned())),
        Err(error) if error.is_data() => Err(AppError::Malformed(format!("The request body {error}."))),
        Err(error) => Err(AppError::Malformed(format!("The request body is not JSON: {error}."))),
    }
}

/// A JSON value whose objects have no member twice. Parsers disagree on which of two counts (RFC 8259 section 4), so
/// another program may have checked a value that is not the one stored.
struct UniqueMembers(Value);

impl<'de> Deserialize<'de> for UniqueMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor).map(Self)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(UniqueMembers(value)) = items.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if name.chars().count() > JSON_NAME_CHARS {
                let message = format_args!("has a member whose name has more than {JSON_NAME_CHARS} characters");
                return Err(de::Error::custom(message));
            }
            if object.contains_key(&name) {
                return Err(de::Error::custom(format_args!("has the member {name:?} twice")));
            }
            if object.len() == JSON_MEMBERS {
                return Err(de::Error::custom(format_args!("has an object with more than {JSON_MEMBERS} members")));
            }
            let UniqueMembers(value) = members.next_value()?;
            object.insert(name, value);
        }
        Ok(object.into())
    }
}
