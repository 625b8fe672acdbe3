//! People as a file: what a list shows, whole, for the page and for REST.

use std::{io, str::FromStr};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{RawQuery, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use form_urlencoded::Serializer;
use futures::{Stream, StreamExt, TryStreamExt, stream};

use super::{auth::Actor, errors, pages, state::AppState, users::Users};
use crate::{
    domain::{AppError, FieldErrors, FileKind, ListUsers, User, UserId},
    people_file::Writer,
};

/// Whom to export, and as what: the grammar of the list without what pages need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportUsers {
    pub list: ListUsers,
    pub format: Option<FileKind>,
}

impl ExportUsers {
    pub const PARAMETERS: [&str; 7] = ["format", "q", "status", "email", "created_after", "created_before", "sort"];
}

/// Fails as `ListUsers` does.
impl FromStr for ExportUsers {
    type Err = FieldErrors;

    fn from_str(query: &str) -> Result<Self, Self::Err> {
        let mut errors = FieldErrors::default();
        let (mut list, mut format) = (Serializer::new(String::new()), None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "format" if format.is_some() => errors.push("format", "repeated", "must stand only once"),
                "format" => format = errors.take(value.parse()),
                known if Self::PARAMETERS.contains(&known) => {
                    list.append_pair(known, &value);
                }
                _ => {
                    let allowed = Self::PARAMETERS.join(", ");
                    let message =
                        format!("is not a parameter of an export, which is of the whole list; allowed are {allowed}");
                    errors.push(name.into_owned(), "unknown", message);
                }
            }
        }
        match list.finish().parse() {
            Ok(list) if errors.is_empty() => Ok(Self { list, format }),
            Ok(_) => Err(errors),
            Err(FieldErrors(more)) => Err(FieldErrors([errors.0, more].concat())),
        }
    }
}

/// A file of each kind for the page: its name says which.
pub fn routes() -> Router<AppState> {
    FileKind::ALL.iter().fold(Router::new(), |router, kind| {
        let answer = |State(state), actor, RawQuery(query)| people(*kind, state, actor, query);
        router.route(&format!("/export.{kind}"), get(answer))
    })
}

/// `/export.csv` and its like: everybody in a list, or with `id`, as often as needed, these.
async fn people(kind: FileKind, state: AppState, actor: Actor, query: Option<String>) -> Response {
    match asked(&state.users, actor, query.as_deref().unwrap_or_default(), kind).await {
        Ok(file) => file,
        Err(AppError::Unauthorized) => pages::to_sign_in("/"),
        Err(error) => error.into_response(),
    }
}

async fn asked(users: &Users, actor: Actor, query: &str, kind: FileKind) -> Result<Response, AppError> {
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

/// Everybody in a list as the body of an answer, which is made as fast as it is read.
///
/// # Errors
/// Those of `Users::list`. What goes wrong behind the first page cuts the body short.
pub async fn file(users: &Users, actor: Actor, list: &ListUsers, kind: FileKind) -> Result<Response, AppError> {
    let mut chunks = Box::pin(chunks(users.pages(actor, list), kind));
    let first = chunks.try_next().await?.unwrap_or_default();
    let rest = chunks.inspect_err(errors::log_cause).map_err(io::Error::other);
    Ok(attachment(kind, Body::from_stream(stream::iter([Ok(first)]).chain(rest))))
}

fn chunks(
    pages: impl Stream<Item = Result<Vec<User>, AppError>> + Send,
    kind: FileKind,
) -> impl Stream<Item = Result<Bytes, AppError>> + Send {
    let begun = Some((Box::pin(pages), Writer::new(kind)));
    stream::try_unfold(begun, |begun| async move {
        let Some((mut pages, mut writer)) = begun else { return Ok(None) };
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

/// What a file is called over HTTP, without its parameters. JSON Lines is registered nowhere: that is
/// how it calls itself (jsonlines.org) and OpenAPI lists it.
#[must_use]
pub fn media_type(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Csv => "text/csv",
        FileKind::JsonLines => "application/jsonl",
        FileKind::Json => "application/json",
    }
}

fn attachment(kind: FileKind, body: Body) -> Response {
    let (content_type, disposition) = match kind {
        // RFC 4180 section 3.
        FileKind::Csv => ("text/csv; charset=utf-8; header=present", "attachment; filename=\"people.csv\""),
        FileKind::JsonLines => (media_type(kind), "attachment; filename=\"people.jsonl\""),
        FileKind::Json => (media_type(kind), "attachment; filename=\"people.json\""),
    };
    let headers = [(header::CONTENT_TYPE, content_type), (header::CONTENT_DISPOSITION, disposition)];
    (headers.map(|(name, value)| (name, HeaderValue::from_static(value))), body).into_response()
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

    #[test]
    fn an_export_takes_what_the_list_takes_but_its_pages() {
        let asked: ExportUsers = "q=ada&format=jsonl&sort=-name".parse().unwrap();
        assert_eq!(asked, ExportUsers { list: "q=ada&sort=-name".parse().unwrap(), format: Some(FileKind::JsonLines) });
        let errors = "page=2&format=xml&colour=red&sort=x&count=exact".parse::<ExportUsers>().unwrap_err();
        let named: Vec<_> = errors.0.iter().map(|error| (error.field.as_ref(), error.code.as_ref())).collect();
        let wrong = [
            ("page", "unknown"),
            ("format", "invalid"),
            ("colour", "unknown"),
            ("count", "unknown"),
            ("sort", "invalid"),
        ];
        assert_eq!(named, wrong);
        assert!(errors.to_string().contains("allowed are format, q, status"), "{errors}");
        assert!(errors.to_string().contains("format must be one of csv, jsonl, json"), "{errors}");
        let repeated = "format=csv&format=json&q=a&q=b".parse::<ExportUsers>().unwrap_err().to_string();
        assert_eq!(repeated, "format must stand only once; q must stand only once");
    }
}
