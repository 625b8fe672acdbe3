use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use crate::{
    domain::{AppError, FileKind},
    server::{
        http::{
            export,
            negotiation::{accepts, file_media_type, preferred},
            openapi::responses,
            state::AppState,
        },
        services::{identity::Actor, users::ExportUsers},
    },
};

/// The path below `/api/v1`.
pub const PATH: &str = "/users/export";

/// `GET /users/export`: streams the users of a list as a file.
#[utoipa::path(
    get,
    path = PATH,
    operation_id = "exportUsers",
    tag = "Users",
    summary = "Exports users",
    description = "All users of a list as one file. Without `format`, `Accept` selects the format; the default is \
        CSV. In CSV, text that a spreadsheet would run as a formula is prefixed with `'`. An unchanged user is in \
        the file once; one that changes during the export may be in it as before or after the change.",
    params(ExportUsers),
    responses(responses::UserFile, responses::BadFields, responses::CommonErrors),
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
