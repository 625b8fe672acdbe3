//! Content negotiation (RFC 9110 section 12.5): `Accept` and `Accept-Encoding`, the only parser of these headers. The
//! `headers` crate has no type for either; ADR 46 names the crates that have one, and what they refuse.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::domain::FileKind;

/// Whether a request takes the media types of our responses or of our errors.
pub fn accepts_json(headers: &HeaderMap) -> bool {
    accepts(headers, "application/json") || accepts(headers, "application/problem+json")
}

/// Whether a request takes a media type.
pub fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    media_type_weight(headers, media_type).is_some()
}

/// The form that a request prefers; the first one of equals.
pub fn preferred<'a, T>(headers: &HeaderMap, forms: &'a [T], media_type: impl Fn(&T) -> &str) -> Option<&'a T> {
    let weighted = forms.iter().rev().filter_map(|form| Some((media_type_weight(headers, media_type(form))?, form)));
    weighted.max_by_key(|(weight, _)| *weight).map(|(_, form)| form)
}

/// The media type of a file, without parameters. The one of JSON Lines is not registered: it is the one that
/// jsonlines.org and OpenAPI use.
#[must_use]
pub fn file_media_type(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Csv => "text/csv",
        FileKind::JsonLines => "application/jsonl",
        FileKind::Json => "application/json",
    }
}

/// Those of `codings` that a request accepts, as an `Accept-Encoding` value without `identity`. With `identity;q=0` in
/// it, tower-http's compression would replace a response by 406 after the handler has run. `None` if it accepts none.
pub fn accepted_codings(headers: &HeaderMap, codings: &[&str]) -> Option<HeaderValue> {
    let weighted = codings.iter().filter_map(|coding| Some((coding, coding_weight(headers, coding)?)));
    let accepted: Vec<_> =
        weighted.map(|(coding, weight)| format!("{coding};q={}.{:03}", weight / 1_000, weight % 1_000)).collect();
    HeaderValue::try_from(accepted.join(", ")).ok().filter(|value| !value.is_empty())
}

/// The weight of a content coding in thousandths (RFC 9110 section 12.5.3). `None` when the request does not take it, or
/// prefers an unencoded response.
pub fn coding_weight(headers: &HeaderMap, coding: &str) -> Option<u16> {
    let named = |wanted: &str| {
        let mut codings = elements(headers, header::ACCEPT_ENCODING);
        codings.find_map(|(name, weight)| name.eq_ignore_ascii_case(wanted).then_some(weight))
    };
    let weight = named(coding).or_else(|| named("*"))?;
    let unencoded = named("identity").unwrap_or(0);
    (weight > 0 && weight >= unencoded).then_some(weight)
}

/// The weight of a media type in thousandths, and the rank of the range that gives it: the most specific matching range
/// decides. `None` when the type is not accepted.
fn media_type_weight(headers: &HeaderMap, media_type: &str) -> Option<(u16, u8)> {
    let mut ranges = elements(headers, header::ACCEPT).peekable();
    if ranges.peek().is_none() {
        return Some((1_000, 0));
    }
    let ranked = ranges.filter_map(|(range, weight)| Some((rank(range, media_type)?, weight)));
    let (rank, weight) = ranked.max()?;
    (weight > 0).then_some((weight, rank))
}

/// How specific a range is that matches a media type. Parameters of a range are ignored, because no response has one
/// besides `charset=utf-8`.
fn rank(range: &str, media_type: &str) -> Option<u8> {
    // Java's HttpURLConnection sends `*`.
    if matches!(range, "*" | "*/*") {
        return Some(1);
    }
    if range.eq_ignore_ascii_case(media_type) {
        return Some(3);
    }
    let (kind, _) = media_type.split_once('/')?;
    range.strip_suffix("/*").filter(|any| any.eq_ignore_ascii_case(kind)).map(|_| 2)
}

/// The elements of a list, each with its weight in thousandths. All lines of a header are one list (RFC 9110 section 5.3).
fn elements(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = (&str, u16)> {
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).filter_map(|element| {
        let mut parts = element.split(';').map(str::trim);
        let value = parts.next().filter(|value| !value.is_empty())?;
        Some((value, parts.find_map(thousandths).unwrap_or(1_000)))
    })
}

/// The value of a `q` parameter in thousandths.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the weight is clamped to 0 to 1")]
fn thousandths(parameter: &str) -> Option<u16> {
    let (name, weight) = parameter.split_once('=')?;
    let weight =
        weight.trim().parse::<f32>().ok().filter(|weight| !weight.is_nan() && name.trim().eq_ignore_ascii_case("q"))?;
    // Rounded up, so that a positive weight never becomes zero.
    Some((weight.clamp(0.0, 1.0) * 1_000.0).ceil() as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_range_decides_and_a_weight_of_zero_refuses() {
        let is_accepted = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            accepts_json(&headers)
        };
        for accept in [
            "",
            "*/*",
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/problem+json",
            "text/html, application/*;q=0.1",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "*; q=.2",
            "application/json;q=0.001",
            "*/*;q=0, application/json",
            "application/json;q=0, */*",
        ] {
            assert!(is_accepted(accept), "{accept}");
        }
        for accept in [
            "text/html",
            "application/xml",
            "application/json;q=0",
            "*/*;q=0.000",
            "application/*;q=0, */*",
            "application/json;q=0, application/problem+json; Q=0.0, */*",
            "nonsense",
        ] {
            assert!(!is_accepted(accept), "{accept}");
        }
        assert!(accepts_json(&HeaderMap::new()));
    }

    #[test]
    fn the_lines_of_a_header_are_one_list() {
        let lines = |lines: [&'static str; 2]| -> HeaderMap {
            lines.into_iter().map(|line| (header::ACCEPT, line.parse().unwrap())).collect()
        };
        assert!(accepts_json(&lines(["text/html", "application/json"])));
        assert!(!accepts_json(&lines(["*/*", "application/*;q=0"])));
        assert!(accepts_json(&lines(["", ","])), "empty elements are none");
    }

    #[test]
    fn a_coding_is_taken_by_name_or_wildcard_unless_its_weight_is_zero_or_below_that_of_identity() {
        for (accept, br, gzip) in [
            ("gzip, deflate, br", Some(1_000), Some(1_000)),
            ("BR;q=0.5", Some(500), None),
            ("gzip, br;q=0", None, Some(1_000)),
            ("gzip, br; Q=0.000", None, Some(1_000)),
            ("gzip", None, Some(1_000)),
            ("gzip;q=1.0, br;q=0.8", Some(800), Some(1_000)),
            ("*", Some(1_000), Some(1_000)),
            ("gzip;q=0.3, *;q=0.2", Some(200), Some(300)),
            ("br, *;q=0", Some(1_000), None),
            ("identity", None, None),
            ("identity;q=0.5, br;q=0.4, gzip", None, Some(1_000)),
            ("identity;q=0, gzip", None, Some(1_000)),
            ("x-br, brotli", None, None),
            ("", None, None),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, accept.parse().unwrap())]);
            assert_eq!((coding_weight(&headers, "br"), coding_weight(&headers, "gzip")), (br, gzip), "{accept}");
        }
        assert_eq!(coding_weight(&HeaderMap::new(), "gzip"), None);
    }

    #[test]
    fn codings_are_rewritten_without_identity_and_wildcard() {
        for (accept, rewritten) in [
            ("gzip, deflate, br", Some("br;q=1.000, gzip;q=1.000")),
            ("*;q=0.5", Some("br;q=0.500, gzip;q=0.500")),
            ("gzip;q=0.2, identity;q=0", Some("gzip;q=0.200")),
            ("identity;q=0", None),
            ("*;q=0", None),
            ("deflate, identity;q=0", None),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, accept.parse().unwrap())]);
            let value = accepted_codings(&headers, &["br", "gzip"]);
            assert_eq!(value.as_ref().map(|value| value.to_str().unwrap()), rewritten, "{accept}");
        }
    }

    #[test]
    fn the_preferred_form_is_chosen() {
        const FORMS: [&str; 3] = ["text/csv", "application/jsonl", "application/json"];
        for (accept, chosen) in [
            ("", Some(FORMS[0])),
            ("*/*", Some(FORMS[0])),
            ("application/json", Some(FORMS[2])),
            ("application/json, */*", Some(FORMS[2])),
            ("application/*", Some(FORMS[1])),
            ("text/csv;q=0.5, application/json;q=0.7", Some(FORMS[2])),
            ("text/csv;q=0, */*", Some(FORMS[1])),
            ("text/html", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            assert_eq!(preferred(&headers, &FORMS, |form| form), chosen.as_ref(), "{accept}");
        }
    }
}
