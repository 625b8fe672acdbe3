use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use utoipa::ToSchema;

use crate::{
    domain::{AppError, FileKind, User},
    server::{
        http::{
            export,
            negotiation::{accepts, file_media_type, preferred},
            openapi::{answers, examples},
            state::AppState,
        },
        services::{identity::Actor, users::ExportUsers},
    },
};

/// The path below `/api/v1`.
pub const PATH: &str = "/users/export";

/// RFC 4180 with a heading, in UTF-8.
#[derive(ToSchema)]
struct Csv(#[expect(dead_code, reason = "it only describes the response")] String);

/// One user per line, each as in the array.
#[derive(ToSchema)]
struct JsonLines(#[expect(dead_code, reason = "it only describes the response")] String);

/// `GET /users/export`: streams the users of a list as a file.
#[utoipa::path(
    get,
    path = PATH,
    operation_id = "exportUsers",
    tag = "Users",
    summary = "Exports users",
    description = "Everybody in a list as one file, however many. Without `format`, `Accept` chooses: CSV, unless it \
        prefers another. In CSV a text that a spreadsheet would run as a formula stands behind a `'`. Who stays as \
        they are is in the file once; who is changed while it is sent may be in it as before or as after.",
    params(ExportUsers),
    responses(
        (
            status = 200,
            description = "The users, in the order asked for.",
            headers(("Content-Disposition")),
            content(
                (inline(Csv) = "text/csv", example = examples::csv),
                (inline(JsonLines) = "application/jsonl", example = examples::json_lines),
                (Vec<User> = "application/json", example = json!([examples::user()])),
            ),
        ),
        answers::BadFields,
        answers::Refused,
    ),
    security(("token" = ["users:read"]), ("session" = ["viewer"])),
)]
pub async fn export(
    State(state): State<AppState>,
    actor: Actor,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let ExportUsers { list, format } = query.as_deref().unwrap_or_default().parse()?;
    let kind = match format {
        Some(kind) => Some(kind).filter(|kind| accepts(&headers, file_media_type(*kind))),
        None => preferred(&headers, FileKind::ALL, |kind| file_media_type(*kind)).copied(),
    };
    export::file(&state.users, actor, &list, kind.ok_or(AppError::NotAcceptable)?).await
}
