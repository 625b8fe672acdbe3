//! People as a file: what a list shows, whole.

use std::io;

use axum::{
    body::{Body, Bytes},
    extract::{RawQuery, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, TryStreamExt, stream};

use super::{auth::Actor, errors, pages, state::AppState, users::Users};
use crate::{
    domain::{AppError, FieldErrors, User, UserId},
    people_file,
};

const COLUMNS: [&str; 6] = ["id", "name", "email", "created_at", "updated_at", "deleted_at"];

/// `/export.csv`: everybody in a list, or with `id`, as often as needed, these (RFC 4180).
pub async fn people(State(state): State<AppState>, actor: Actor, RawQuery(query): RawQuery) -> Response {
    match file(&state.users, actor, query.as_deref().unwrap_or_default()).await {
        Ok(body) => attachment(body),
        Err(AppError::Unauthorized) => pages::to_sign_in("/"),
        Err(error) => error.into_response(),
    }
}

async fn file(users: &Users, actor: Actor, query: &str) -> Result<Body, AppError> {
    let ids = ids(query)?;
    if !ids.is_empty() {
        let mut chosen = Vec::with_capacity(ids.len());
        for id in ids {
            chosen.push(users.get(&actor, id).await?);
        }
        return Ok(Body::from(lines(&chosen, true)?));
    }
    // What goes wrong with the first page is an error, later it is a file cut short.
    let mut pages = Box::pin(users.pages(actor, query.parse()?));
    let first = pages.next().await.transpose()?.unwrap_or_default();
    let first = stream::iter([lines(&first, true)]);
    let rest = pages.map(|users| lines(&users?, false));
    Ok(Body::from_stream(first.chain(rest).inspect_err(errors::log_cause).map_err(io::Error::other)))
}

/// The users with these ids, at most as many as one selects by hand.
fn ids(query: &str) -> Result<Vec<UserId>, FieldErrors> {
    let named = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "id");
    let ids = named.map(|(_, id)| id.parse()).collect::<Result<Vec<UserId>, _>>();
    let ids = ids.map_err(|_| FieldErrors::one("id", "invalid", "must be the id of a user"))?;
    if ids.len() > Users::MAX_EACH {
        return Err(FieldErrors::one("id", "too_many", format!("must stand at most {} times", Users::MAX_EACH)));
    }
    Ok(ids)
}

fn lines(users: &[User], heading: bool) -> Result<Bytes, AppError> {
    let mut lines = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    if heading {
        lines.write_record(COLUMNS).map_err(AppError::internal)?;
    }
    for user in users {
        let User { id, name, email, created_at, updated_at, deleted_at, .. } = user;
        let deleted_at = deleted_at.map(|at| at.to_string()).unwrap_or_default();
        let record = [
            id.to_string(),
            people_file::guard(name),
            people_file::guard(email),
            created_at.to_string(),
            updated_at.to_string(),
            deleted_at,
        ];
        lines.write_record(&record).map_err(AppError::internal)?;
    }
    lines.into_inner().map(Bytes::from).map_err(AppError::internal)
}

fn attachment(body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"people.csv\"")),
    ];
    (headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_and_counted() {
        let id = "01976f30-8fa0-7000-8000-000000000001";
        assert_eq!(ids(&format!("id={id}&q=x&id={id}")).unwrap().len(), 2);
        assert!(ids("q=x").unwrap().is_empty());
        assert_eq!(ids("id=7").unwrap_err().to_string(), "id must be the id of a user");
        assert!(ids(&format!("id={id}&").repeat(101)).unwrap_err().to_string().contains("at most 100"));
    }
}
