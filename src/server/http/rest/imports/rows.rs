//! The rows of an import.

use std::io;

use axum::{
    body::Body,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::{TryStreamExt, stream};
use serde::{Serialize, Serializer};

use super::query;
use crate::{
    domain::{
        AppError, Change, FieldErrors, FileKind, ImportId, ImportMode, ImportRow, ListImportRows, Profile,
        ProfileField, RowError, RowOutcome, UserId,
    },
    server::{
        foundation::telemetry::log_cause,
        http::{
            negotiation::accepts,
            openapi::{parameters, responses},
            paths::IMPORTS,
            rest::json::json,
            state::AppState,
        },
        services::{identity::Actor, imports::RejectedRows},
    },
};

/// The query parameters of the rows of an import.
const PARAMETERS: [&str; 3] = ["outcome", "after", "per_page"];

/// `GET /imports/{id}/rows`
#[utoipa::path(
    get,
    path = "/imports/{id}/rows",
    operation_id = "listImportRows",
    tag = "Imports",
    summary = "Lists rows of an import",
    description = "The rows with one outcome, in file order, compared with the current directory; `Link` has \
        the `next` page. An applied import keeps only its rejected rows, an undone one also those it `kept`.",
    params(ImportId, ListImportRows),
    responses(responses::ImportRows, responses::MalformedUrl, responses::BadFields, responses::NotFound, responses::CommonErrors),
    security(("token" = ["users:write"]), ("session" = ["editor"])),
)]
pub async fn rows(
    State(state): State<AppState>,
    actor: Actor,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let (id, list) = (id.parse()?, list_of(query)?);
    let rows = state.imports.rows(&actor, id, list).await?;
    let answer = json(&rows.iter().map(FlatRow::from).collect::<Vec<_>>());
    let Some(link) = next(id, list, &rows)? else { return Ok(answer) };
    Ok(([(header::LINK, link)], answer).into_response())
}

/// The JSON form of a row: the fields of the profile are flattened into the object.
#[derive(Serialize)]
struct FlatRow<'a> {
    line: u64,
    outcome: RowOutcome,
    #[serde(flatten)]
    profile: FlatProfile<'a>,
    user: Option<UserId>,
    changes: &'a [Change],
    errors: &'a [RowError],
    duplicate_of: Option<u64>,
}

impl<'a> From<&'a ImportRow> for FlatRow<'a> {
    fn from(row: &'a ImportRow) -> Self {
        let ImportRow { line, outcome, profile, user, changes, errors, duplicate_of } = row;
        let profile = FlatProfile(profile.as_ref());
        Self { line: *line, outcome: *outcome, profile, user: *user, changes, errors, duplicate_of: *duplicate_of }
    }
}

/// Every field of a profile; all are null without a profile.
struct FlatProfile<'a>(Option<&'a Profile>);

impl Serialize for FlatProfile<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(ProfileField::ALL.iter().map(|field| (field, self.0.map(|profile| profile.get(*field)))))
    }
}

fn list_of(query: Option<String>) -> Result<ListImportRows, FieldErrors> {
    let (mut outcome, mut after, mut per_page) = (None, 0, ListImportRows::PER_PAGE);
    query::read(query, &PARAMETERS, |name, value| {
        match name {
            "outcome" => outcome = Some(value.parse::<RowOutcome>()?),
            "after" => after = query::number("after", value, 0, i64::MAX.unsigned_abs())?,
            _ => {
                let number = query::number("per_page", value, 1, ListImportRows::MAX_PER_PAGE.into())?;
                per_page = u32::try_from(number).unwrap_or(ListImportRows::MAX_PER_PAGE);
            }
        }
        Ok(())
    })?;
    let outcome = outcome.ok_or_else(|| FieldErrors::one("outcome", "required", "must be given"))?;
    Ok(ListImportRows { outcome, after, per_page })
}

/// The link (RFC 8288) to the next page, if this one is full.
fn next(id: ImportId, list: ListImportRows, rows: &[ImportRow]) -> Result<Option<HeaderValue>, AppError> {
    let Some(end) = rows.last().filter(|_| rows.len() >= list.per_page as usize) else { return Ok(None) };
    let ListImportRows { outcome, per_page, .. } = list;
    let link = format!("<{IMPORTS}/{id}/rows?outcome={outcome}&after={}&per_page={per_page}>; rel=\"next\"", end.line);
    HeaderValue::try_from(link).map(Some).map_err(AppError::internal)
}

/// `GET /imports/{id}/rejected`
#[utoipa::path(
    get,
    path = "/imports/{id}/rejected",
    operation_id = "getRejected",
    tag = "Imports",
    summary = "Downloads the rejected rows as a file",
    description = "The rows as in the file, each with its `problem`, to correct and import again: CSV, or JSON \
        Lines for a JSON file. For an applied import, `mode` is ignored: it is the mode in which it was applied.",
    params(ImportId, parameters::RejectedQuery),
    responses(
        responses::RejectedFile,
        responses::MalformedUrl,
        responses::BadFields,
        responses::WrongState,
        responses::Gone,
        responses::CommonErrors,
    ),
    security(("token" = ["users:write"]), ("session" = ["editor"])),
)]
pub async fn rejected(
    State(state): State<AppState>,
    actor: Actor,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let id = id.parse()?;
    let mut mode = ImportMode::Insert;
    query::read(query, &["mode"], |_, value| value.parse().map(|given| mode = given))?;
    let kind = state.imports.get(&actor, id).await?.format.map_or(FileKind::Csv, |format| format.kind);
    let rejected = state.imports.rejected(&actor, id, mode, None).await?;
    let (media_type, name) = match kind {
        FileKind::Csv => ("text/csv", "rejected.csv"),
        FileKind::JsonLines | FileKind::Json => ("application/jsonl", "rejected.jsonl"),
    };
    if !accepts(&headers, media_type) {
        return Err(AppError::NotAcceptable);
    }
    let headers = [
        (header::CONTENT_TYPE, format!("{media_type}; charset=utf-8")),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, body(rejected)).into_response())
}

/// Streams the file with backpressure. An error cuts it short.
fn body(rejected: RejectedRows) -> Body {
    let pieces = stream::try_unfold(rejected, |mut rejected| async {
        let piece = rejected.next().await?;
        Ok(piece.map(|piece| (piece, rejected)))
    });
    let pieces = pieces.try_filter(|piece| std::future::ready(!piece.is_empty()));
    Body::from_stream(pieces.inspect_err(log_cause).map_err(io::Error::other))
}

/// Whether the response at this path is a file, not JSON.
pub fn is_file(path: &str) -> bool {
    path.strip_prefix(IMPORTS).is_some_and(|rest| rest.starts_with('/') && rest.ends_with("/rejected"))
}
