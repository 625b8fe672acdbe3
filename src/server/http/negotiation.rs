//! Content negotiation: which media types a request takes (RFC 9110 section 12.5.1).

use axum::http::{HeaderMap, header};

use crate::domain::FileKind;

/// Whether a request takes the media types of our responses or of our errors.
pub fn accepts_json(headers: &HeaderMap) -> bool {
    accepts(headers, "application/json") || accepts(headers, "application/problem+json")
}

/// Whether a request takes a media type.
pub fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    weight(headers, media_type).is_some()
}

/// The form that a request prefers; the first one of equals.
pub fn preferred<'a, T>(headers: &HeaderMap, forms: &'a [T], media_type: impl Fn(&T) -> &str) -> Option<&'a T> {
    let weighted = forms.iter().rev().filter_map(|form| Some((weight(headers, media_type(form))?, form)));
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

/// The weight of a media type in thousandths, and the rank of the range that gives it: the most specific matching range
/// decides. `None` when the type is not accepted.
fn weight(headers: &HeaderMap, media_type: &str) -> Option<(u16, u8)> {
    let lines: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok()).collect();
    let ranges = lines.join(",");
    let rank = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        let range = parts.next()?.to_ascii_lowercase();
        let rank = match range.as_str() {
            // Java's HttpURLConnection sends `*`.
            "*" | "*/*" => 1,
            any if any.strip_suffix('*').is_some_and(|kind| kind.ends_with('/') && media_type.starts_with(kind)) => 2,
            exact if exact == media_type => 3,
            _ => return None,
        };
        Some((rank, parts.find_map(thousandths).unwrap_or(1_000)))
    };
    if ranges.trim().is_empty() {
        return Some((1_000, 0));
    }
    let (rank, weight) = ranges.split(',').filter_map(rank).max()?;
    (weight > 0).then_some((weight, rank))
}

/// The value of a `q` parameter in thousandths.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the weight is clamped to 0 to 1")]
fn thousandths(parameter: &str) -> Option<u16> {
    let (name, weight) = parameter.split_once('=')?;
    let weight = weight.trim().parse::<f32>().ok().filter(|_| name.trim().eq_ignore_ascii_case("q"))?;
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
