//! Whether who asks takes what there is (RFC 9110 section 12.5.1).

use axum::{
    extract::Request,
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::imports;
use crate::domain::AppError;

/// Refuses whoever takes neither our answers nor our errors.
pub async fn negotiate(request: Request, next: Next) -> Response {
    // What only tells the methods has no body, and what is a file asks by itself.
    let chooses = imports::is_file(request.uri().path());
    if request.method() == Method::OPTIONS || chooses || takes_json(request.headers()) {
        next.run(request).await
    } else {
        AppError::NotAcceptable.into_response()
    }
}

fn takes_json(headers: &HeaderMap) -> bool {
    takes(headers, "application/json") || takes(headers, "application/problem+json")
}

/// Whether who asks takes a type. Of the ranges that it is in, the narrowest decides.
pub fn takes(headers: &HeaderMap, media_type: &str) -> bool {
    let lines: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok()).collect();
    let ranges = lines.join(",");
    let rank = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        let range = parts.next()?.to_ascii_lowercase();
        let rank = match range.as_str() {
            // Java's own client sends the first.
            "*" | "*/*" => 1,
            any if any.strip_suffix('*').is_some_and(|kind| kind.ends_with('/') && media_type.starts_with(kind)) => 2,
            exact if exact == media_type => 3,
            _ => return None,
        };
        Some((rank, !parts.any(is_zero)))
    };
    ranges.trim().is_empty() || ranges.split(',').filter_map(rank).max().is_some_and(|(_, is_taken)| is_taken)
}

/// Whether a parameter gives the weight of what is not wanted at all.
fn is_zero(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, weight)| {
        name.trim().eq_ignore_ascii_case("q") && weight.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_range_decides_and_a_weight_of_zero_is_a_no() {
        let takes = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            takes_json(&headers)
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
            assert!(takes(accept), "{accept}");
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
            assert!(!takes(accept), "{accept}");
        }
        assert!(takes_json(&HeaderMap::new()));
    }
}
