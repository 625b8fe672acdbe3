//! Parses the responses of a server into domain types.

use axum::{
    body::Bytes,
    http::{HeaderName, Response, StatusCode, header},
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    domain::{AppError, Cause, FieldError, FieldErrors, ListEvents, ListUsers, Page, Total, Trail, User},
    server::foundation::public_url::PublicUrl,
};

/// The parts of problem details (RFC 9457) that are used.
#[derive(Deserialize)]
struct Problem {
    detail: String,
    request_id: Option<String>,
    #[serde(default)]
    errors: Vec<FieldError>,
}

/// Returns a successful response.
///
/// # Errors
/// The error that the response describes.
pub fn ensure_success(server: &PublicUrl, response: Response<Bytes>) -> Result<Response<Bytes>, AppError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    if let Some(location) = text(&response, &header::LOCATION).filter(|_| status.is_redirection()) {
        return Err(AppError::internal(format!(
            "{server} redirects to {location}: use that server's URL for --server"
        )));
    }
    let Ok(problem) = serde_json::from_slice::<Problem>(response.body()) else {
        let reason = format!("{server} responded with {status}, and not as Rollcall does");
        let is_transient =
            matches!(status, StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT);
        return Err(if is_transient { AppError::Unavailable(Cause::new(reason)) } else { AppError::internal(reason) });
    };
    let seconds = text(&response, &header::RETRY_AFTER).and_then(|seconds| seconds.parse().ok()).unwrap_or(1);
    Err(problem.into_error(server, status, seconds))
}

impl Problem {
    /// The domain error that the server reported.
    fn into_error(self, server: &PublicUrl, status: StatusCode, retry_after: u32) -> AppError {
        let Self { detail, request_id, errors } = self;
        let own = || {
            let id = request_id.map(|id| format!(" (request {id})")).unwrap_or_default();
            Cause::new(format!("{server} responded: {detail}{id}"))
        };
        match status.as_u16() {
            401 => AppError::Unauthorized,
            403 => AppError::Forbidden(detail),
            404 => AppError::NotFound(detail),
            409 if !errors.is_empty() => AppError::Conflict(FieldErrors(errors)),
            410 => AppError::Gone(detail),
            412 => AppError::Stale,
            422 if !errors.is_empty() => AppError::Invalid(FieldErrors(errors)),
            429 => AppError::TooManyRequests(retry_after),
            503 => AppError::Unavailable(own()),
            500..=599 => AppError::Internal(own()),
            _ => AppError::Malformed(detail),
        }
    }
}

/// # Errors
/// `Internal` when the response is not from Rollcall.
pub fn read<T: DeserializeOwned>(response: &Response<Bytes>) -> Result<T, AppError> {
    serde_json::from_slice(response.body())
        .map_err(|error| AppError::internal(format!("the response is not from Rollcall: {error}")))
}

/// A page of the list, with the cursors from its `Link` header.
///
/// # Errors
/// Those of `read`.
pub fn page(response: &Response<Bytes>) -> Result<Page<User>, AppError> {
    const TOTAL: HeaderName = HeaderName::from_static("x-total-count");
    let cursor = |rel| query(response, rel)?.parse::<ListUsers>().ok()?.cursor;
    let total = text(response, &TOTAL).and_then(|count| count.parse().ok()).map(Total::Exactly);
    Ok(Page { items: read(response)?, offset: None, next: cursor("next"), previous: cursor("prev"), total })
}

/// A page of a history.
///
/// # Errors
/// Those of `read`.
pub fn trail(response: &Response<Bytes>) -> Result<Trail, AppError> {
    let next = query(response, "next").and_then(|query| query.parse::<ListEvents>().ok()?.before);
    Ok(Trail { events: read(response)?, next })
}

/// The query of the link with a relation (RFC 8288).
fn query<'a>(response: &'a Response<Bytes>, rel: &str) -> Option<&'a str> {
    let links =
        text(response, &header::LINK)?.split(',').filter_map(|link| link.trim().strip_prefix('<')?.split_once('>'));
    let wanted = format!("rel=\"{rel}\"");
    let (target, _) =
        links.into_iter().find(|(_, parameters)| parameters.split(';').any(|one| one.trim() == wanted))?;
    target.split_once('?').map(|(_, query)| query)
}

fn text<'a>(response: &'a Response<Bytes>, name: &HeaderName) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, body: &str) -> AppError {
        let response =
            Response::builder().status(status).header("retry-after", "7").header("location", "https://b.example/");
        let server = "https://a.example".parse().unwrap();
        ensure_success(&server, response.body(Bytes::from(body.to_owned())).unwrap()).unwrap_err()
    }

    use crate::rpc::status::status as status_of;

    #[test]
    fn errors_of_the_server_are_parsed() {
        let taken = r#"{"detail":"email is taken","errors":[{"field":"email","code":"taken","message":"is taken"}]}"#;
        for status in [401, 403, 404, 410, 412, 429, 500, 503] {
            assert_eq!(status_of(&refused(status, r#"{"detail":"Why."}"#)), status);
        }
        for status in [409, 422] {
            let error = refused(status, taken);
            assert_eq!(
                (status_of(&error), error.to_string().as_str(), error.fields().len()),
                (status, "email is taken", 1)
            );
        }
        let cause = |error: &AppError| error.cause().unwrap().to_string();
        let error = refused(500, r#"{"detail":"Internal server error","request_id":"0190"}"#);
        assert_eq!(cause(&error), "https://a.example responded: Internal server error (request 0190)");
        let error = refused(502, "<html>");
        assert_eq!((status_of(&error), cause(&error).contains("502 Bad Gateway")), (503, true));
        assert!(cause(&refused(308, "")).contains("redirects to https://b.example/"));
    }

    #[test]
    fn pagination_links_become_cursors() {
        let link = "</api/v1/users?q=a>; rel=\"first\", </api/v1/users?q=a&cursor=abc>; rel=\"next\"";
        let response = Response::builder().header("link", link).header("x-total-count", "976");
        let page = page(&response.body(Bytes::from("[]")).unwrap()).unwrap();
        assert_eq!(page.next.unwrap().as_str(), "abc");
        assert_eq!((page.previous, page.total), (None, Some(Total::Exactly(976))));
    }
}
