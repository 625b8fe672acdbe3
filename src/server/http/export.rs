//! Exports: the users of a list as a file, for the page and the REST API.

use std::io;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{RawQuery, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures::{Stream, StreamExt, TryStreamExt, stream};

use super::{negotiation::file_media_type, pages, state::AppState};
use crate::{
    domain::{AppError, BulkAction, FieldErrors, FileKind, ListUsers, User, UserId},
    server::{
        foundation::telemetry::log_cause,
        services::{identity::Actor, users::Users},
    },
    user_file::Writer,
};

/// The routes for the page, one for each kind of file.
pub fn routes() -> Router<AppState> {
    FileKind::ALL.iter().fold(Router::new(), |router, kind| {
        let handler = |State(state), actor, RawQuery(query)| people(*kind, state, actor, query);
        router.route(&format!("/export.{kind}"), get(handler))
    })
}

/// `/export.csv` and the like: exports a list, or the users named by `id` parameters.
async fn people(kind: FileKind, state: AppState, actor: Actor, query: Option<String>) -> Response {
    match export(&state.users, actor, query.as_deref().unwrap_or_default(), kind).await {
        Ok(file) => file,
        Err(AppError::Unauthorized) => pages::to_sign_in("/"),
        Err(error) => error.into_response(),
    }
}

async fn export(users: &Users, actor: Actor, query: &str, kind: FileKind) -> Result<Response, AppError> {
    let ids = ids(query)?;
    if ids.is_empty() {
        return file(users, actor, &query.parse()?, kind).await;
    }
    let (mut writer, mut chosen) = (Writer::new(kind), Vec::new());
    for id in ids {
        writer.write(&users.get(&actor, id).await?, &mut chosen);
    }
    writer.end(&mut chosen);
    Ok(attachment(kind, Body::from(chosen)))
}

/// Streams the users of a list as a response body, with backpressure: rows are read as fast as the client takes them.
///
/// # Errors
/// Those of `Users::list`. An error after the first page cuts the body short.
pub async fn file(users: &Users, actor: Actor, list: &ListUsers, kind: FileKind) -> Result<Response, AppError> {
    let mut chunks = Box::pin(chunks(users.export_pages(actor, list), kind));
    let first = chunks.try_next().await?.unwrap_or_default();
    let rest = chunks.inspect_err(log_cause).map_err(io::Error::other);
    Ok(attachment(kind, Body::from_stream(stream::iter([Ok(first)]).chain(rest))))
}

fn chunks(
    pages: impl Stream<Item = Result<Vec<User>, AppError>> + Send,
    kind: FileKind,
) -> impl Stream<Item = Result<Bytes, AppError>> + Send {
    let state = Some((Box::pin(pages), Writer::new(kind)));
    stream::try_unfold(state, |state| async move {
        let Some((mut pages, mut writer)) = state else { return Ok(None) };
        let mut chunk = Vec::new();
        let Some(users) = pages.try_next().await? else {
            writer.end(&mut chunk);
            return Ok(Some((chunk.into(), None)));
        };
        for user in &users {
            writer.write(user, &mut chunk);
        }
        Ok(Some((chunk.into(), Some((pages, writer)))))
    })
}

/// Parses the `id` parameters, of which a maximum number is allowed.
fn ids(query: &str) -> Result<Vec<UserId>, FieldErrors> {
    let named = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "id");
    let ids = named.map(|(_, id)| id.parse()).collect::<Result<Vec<UserId>, _>>();
    let ids = ids.map_err(|_| FieldErrors::one("id", "invalid", "must be the id of a user"))?;
    if ids.len() > BulkAction::MAX_USERS {
        return Err(FieldErrors::one(
            "id",
            "too_many",
            format!("must be given at most {} times", BulkAction::MAX_USERS),
        ));
    }
    Ok(ids)
}

fn attachment(kind: FileKind, body: Body) -> Response {
    let (content_type, disposition) = match kind {
        // RFC 4180 section 3.
        FileKind::Csv => ("text/csv; charset=utf-8; header=present", "attachment; filename=\"people.csv\""),
        FileKind::JsonLines => (file_media_type(kind), "attachment; filename=\"people.jsonl\""),
        FileKind::Json => (file_media_type(kind), "attachment; filename=\"people.json\""),
    };
    let headers = [(header::CONTENT_TYPE, content_type), (header::CONTENT_DISPOSITION, disposition)];
    (headers.map(|(name, value)| (name, HeaderValue::from_static(value))), body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_parsed_and_limited() {
        let id = "01976f30-8fa0-7000-8000-000000000001";
        assert_eq!(ids(&format!("id={id}&q=x&id={id}")).unwrap().len(), 2);
        assert!(ids("q=x").unwrap().is_empty());
        assert_eq!(ids("id=7").unwrap_err().to_string(), "id must be the id of a user");
        assert!(ids(&format!("id={id}&").repeat(101)).unwrap_err().to_string().contains("at most 100"));
    }
}
