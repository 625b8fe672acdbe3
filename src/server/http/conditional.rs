//! Conditional requests (RFC 9110 section 13): entity tags, `If-Match` and `If-None-Match`, parsed here alone.
//!
//! A user's tag is its version in quotes, which makes `If-Match` optimistic concurrency control. A compressed
//! representation has a tag of its own, `"7-gzip"`, because a strong tag names the bytes that are sent; `If-Match`
//! takes both, for they name the same version.

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use headers::HeaderMapExt;

use crate::{
    domain::{AppError, User},
    server::{foundation::secret::hash, services::users::ExpectedVersion},
};

/// The content codings that a tag may end in.
const CODINGS: [&str; 3] = ["br", "gzip", "zstd"];

/// The `ETag` of a user.
pub fn etag(user: &User) -> [(HeaderName, String); 1] {
    [(header::ETAG, format!("\"{}\"", user.version))]
}

/// The weak tag of a representation that compression may change: a digest of its bytes.
pub fn weak_etag(body: &[u8]) -> HeaderValue {
    let digest = BASE64_URL_SAFE_NO_PAD.encode(&hash(body)[..12]);
    HeaderValue::try_from(format!("W/\"{digest}\"")).unwrap_or(HeaderValue::from_static("W/\"\""))
}

/// The tag of the same representation in a content coding: `"7"` becomes `"7-gzip"`. A weak tag stays as it is.
pub fn encoded_etag(tag: &HeaderValue, coding: &str) -> Option<HeaderValue> {
    let opaque = tag.to_str().ok()?.strip_prefix('"')?.strip_suffix('"')?;
    CODINGS.contains(&coding).then(|| HeaderValue::try_from(format!("\"{opaque}-{coding}\"")).ok())?
}

/// The tag of the representation that a client has, if `If-None-Match` names it, in any content coding: that of a 304,
/// because a cache looks for the response to refresh by it (RFC 9111 section 4.3.4). The comparison is weak (RFC 9110
/// section 13.1.2); an unparsable header is ignored.
pub fn known_tag(headers: &HeaderMap, tag: &HeaderValue) -> Option<HeaderValue> {
    let known = headers.typed_get::<headers::IfNoneMatch>()?;
    let is_known = |tag: &HeaderValue| {
        tag.to_str().ok().and_then(|tag| tag.parse().ok()).is_some_and(|tag| !known.precondition_passes(&tag))
    };
    let encoded = CODINGS.iter().filter_map(|coding| encoded_etag(tag, coding));
    std::iter::once(tag.clone()).chain(encoded).find(is_known)
}

/// `If-Match`: the versions of which one must be current; 428 without the header, unless it is optional.
pub struct IfMatch(pub ExpectedVersion);

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

fn if_match(headers: &HeaderMap) -> Result<Option<ExpectedVersion>, AppError> {
    list(headers).map(|tags| expected_version(&tags)).transpose()
}

/// The versions that `If-Match` expects. Only strong tags match (RFC 9110 section 13.1.1).
///
/// # Errors
/// `Malformed` for anything but `*` or a list of tags; `WeakTag` for a list of weak tags.
pub fn expected_version(tags: &str) -> Result<ExpectedVersion, AppError> {
    let malformed = || AppError::Malformed("If-Match must be * or entity tags in quotes, as in \"7\".".to_owned());
    let (versions, has_strong) = versions(tags).ok_or_else(malformed)?;
    if has_strong { Ok(versions) } else { Err(AppError::WeakTag) }
}

/// All lines of `If-Match`, which are one list (RFC 9110 section 5.3).
fn list(headers: &HeaderMap) -> Option<String> {
    let lines: Vec<_> =
        headers.get_all(header::IF_MATCH).iter().map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// The versions that strong tags name, and whether there is a strong tag. The `headers` crate parses `If-Match`, too, but
/// does not expose its tags.
fn versions(tags: &str) -> Option<(ExpectedVersion, bool)> {
    const BETWEEN: [char; 3] = [',', ' ', '\t'];
    let mut rest = tags.trim_matches(BETWEEN);
    if rest == "*" {
        return Some((ExpectedVersion::Any, true));
    }
    let (mut versions, mut has_strong, mut is_list) = (Vec::new(), false, false);
    while !rest.is_empty() {
        let (is_weak, tag) = rest.strip_prefix("W/").map_or((false, rest), |tag| (true, tag));
        let (opaque, after) = tag.strip_prefix('"')?.split_once('"')?;
        has_strong |= !is_weak;
        versions.extend(version(opaque).filter(|_| !is_weak));
        rest = after.trim_start_matches(BETWEEN);
        if !rest.is_empty() && !after.trim_start().starts_with(',') {
            return None;
        }
        is_list = true;
    }
    is_list.then_some((ExpectedVersion::OneOf(versions), has_strong))
}

/// The version that a tag names, perhaps in a content coding. A tag of another form names none.
fn version(opaque: &str) -> Option<i64> {
    let number = CODINGS.iter().find_map(|coding| opaque.strip_suffix(coding)?.strip_suffix('-')).unwrap_or(opaque);
    number.parse().ok().filter(|version: &i64| version.to_string() == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entity_tags_parse_to_versions() {
        let some = |versions: &[i64]| Some((ExpectedVersion::OneOf(versions.to_vec()), true));
        for (tags, expected) in [
            ("\"7\"", some(&[7])),
            (" \"7\" , \"8\",,\"9\"", some(&[7, 8, 9])),
            ("\"7-gzip\", \"8-br\", \"9-zstd\", \"10-x\"", some(&[7, 8, 9])),
            ("*", Some((ExpectedVersion::Any, true))),
            ("W/\"7\", \"8\"", some(&[8])),
            ("W/\"7\"", Some((ExpectedVersion::OneOf(Vec::new()), false))),
            ("\"a,b\", \"\", \"07\", \"+7\", \"7 \"", some(&[])),
            ("", None),
            (",", None),
            ("7", None),
            ("\"7", None),
            ("\"7\" \"8\"", None),
            ("\"7\", *", None),
            ("w/\"7\"", None),
        ] {
            assert_eq!(versions(tags), expected, "{tags}");
        }
    }

    #[test]
    fn if_none_match_compares_weakly_in_any_coding() {
        let tag = HeaderValue::from_static("\"7\"");
        for (known, expected) in [
            ("\"7\"", Some("\"7\"")),
            ("\"6\", \"7\"", Some("\"7\"")),
            ("W/\"7\"", Some("\"7\"")),
            ("\"7-gzip\"", Some("\"7-gzip\"")),
            ("W/\"7-br\"", Some("\"7-br\"")),
            ("*", Some("\"7\"")),
            ("\"8\"", None),
            ("\"7-x\"", None),
            ("7", None),
            ("", None),
        ] {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(known))]);
            assert_eq!(known_tag(&headers, &tag).as_ref().map(|tag| tag.to_str().unwrap()), expected, "{known}");
        }
        assert_eq!(known_tag(&HeaderMap::new(), &tag), None);
    }

    #[test]
    fn strong_tags_include_the_coding_and_weak_ones_do_not() {
        let tag = |text| encoded_etag(&HeaderValue::from_static(text), "br");
        assert_eq!(tag("\"7\"").unwrap(), "\"7-br\"");
        assert_eq!(tag("W/\"7\""), None);
    }
}
