//! Entity tags of users: their version, in quotes (RFC 9110 section 8.8.3).

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, HeaderName, header, request::Parts},
};

use crate::{
    domain::{AppError, User},
    server::services::users::Expected,
};

/// The `ETag` header of a user.
pub fn etag(user: &User) -> [(HeaderName, String); 1] {
    [(header::ETAG, format!("\"{}\"", user.version))]
}

/// `If-Match` for optimistic concurrency: the current version must be one of these. Unless it is extracted as an
/// option, a missing header is answered with 428.
pub struct IfMatch(pub Expected);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        if_match(&parts.headers)?.map(Self).ok_or(AppError::PreconditionRequired)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for IfMatch {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, AppError> {
        Ok(if_match(&parts.headers)?.map(Self))
    }
}

fn if_match(headers: &HeaderMap) -> Result<Option<Expected>, AppError> {
    let Some(tags) = list(headers, &header::IF_MATCH) else { return Ok(None) };
    let malformed =
        || AppError::Malformed("If-Match must be * or entity tags in quotes, for example \"7\".".to_owned());
    strong(&tags).map(Some).ok_or_else(malformed)
}

/// `If-None-Match`: the versions that a client has already.
pub struct IfNoneMatch(Option<Expected>);

impl<S: Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Infallible;

    /// An unparsable `If-None-Match` is ignored.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(list(&parts.headers, &header::IF_NONE_MATCH).and_then(|tags| versions(&tags, true))))
    }
}

impl IfNoneMatch {
    pub fn includes(&self, user: &User) -> bool {
        self.0.as_ref().is_some_and(|cached| cached.includes(user.version))
    }
}

/// The versions in a list of strong entity tags. Weak tags match none (RFC 9110 section 13.1.1). `None` if the text is
/// neither `*` nor a list of tags.
pub fn strong(tags: &str) -> Option<Expected> {
    versions(tags, false)
}

/// Joins the lines of a header into one list (RFC 9110 section 5.3).
fn list(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let lines: Vec<_> = headers.get_all(name).iter().map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

fn versions(tags: &str, weak_too: bool) -> Option<Expected> {
    const SEPARATORS: [char; 3] = [',', ' ', '\t'];
    let mut rest = tags.trim_matches(SEPARATORS);
    if rest == "*" {
        return Some(Expected::Any);
    }
    let mut versions = Vec::new();
    let mut is_list = false;
    while !rest.is_empty() {
        let (is_weak, tag) = rest.strip_prefix("W/").map_or((false, rest), |tag| (true, tag));
        let (opaque, after) = tag.strip_prefix('"')?.split_once('"')?;
        // A tag that we did not make matches no version.
        let version = opaque.parse::<i64>().ok().filter(|version| version.to_string() == opaque);
        versions.extend(version.filter(|_| weak_too || !is_weak));
        rest = after.trim_start_matches(SEPARATORS);
        if !rest.is_empty() && !after.trim_start().starts_with(',') {
            return None;
        }
        is_list = true;
    }
    is_list.then_some(Expected::OneOf(versions))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_tags_is_parsed_into_versions() {
        let some = |versions: &[i64]| Some(Expected::OneOf(versions.to_vec()));
        for (tags, expected) in [
            ("\"7\"", some(&[7])),
            (" \"7\" , \"8\",,\"9\"", some(&[7, 8, 9])),
            ("*", Some(Expected::Any)),
            ("W/\"7\", \"8\"", some(&[8])),
            ("\"a,b\", \"\", \"07\", \"+7\", \"7 \"", some(&[])),
            ("", None),
            (",", None),
            ("7", None),
            ("\"7", None),
            ("\"7\" \"8\"", None),
            ("\"7\", *", None),
            ("w/\"7\"", None),
        ] {
            assert_eq!(strong(tags), expected, "{tags}");
        }
        assert_eq!(versions("W/\"7\", \"8\"", true), some(&[7, 8]));
    }
}
