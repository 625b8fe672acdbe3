//! The REST API of imports: a file is uploaded in parts, checked, applied and undone.

mod bodies;
mod part;
mod query;
mod rows;

pub use part::put_part;
pub use rows::{is_file, rejected, rows};

// `routes!` needs these next to the handlers.
pub use part::__path_put_part;
pub use rows::{__path_rejected, __path_rows};

use axum::{
    extract::{Path, RawQuery, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use self::bodies::{ApplyBody, ColumnsBody, NewImportBody};
use super::json::json;
use crate::{
    domain::{AppError, Import, ImportId},
    server::{
        http::{
            openapi::{
                examples, parameters, responses,
                schemas::{ApplyImport, ImportPatch, NewImport},
            },
            paths::IMPORTS,
            state::AppState,
        },
        services::identity::Actor,
    },
};

/// An import as it is serialized.
#[derive(Serialize)]
pub struct ImportResponse {
    #[serde(flatten)]
    import: Import,
    /// The number of parts of its file.
    parts: u64,
}

impl From<Import> for ImportResponse {
    fn from(import: Import) -> Self {
        Self { parts: import.parts(), import }
    }
}

/// `GET /imports`
#[utoipa::path(
    get,
    path = "/imports",
    operation_id = "listImports",
    tag = "Imports",
    summary = "Lists imports",
    description = "The latest 100 imports, newest first.",
    responses(responses::Imports, responses::BadFields, responses::CommonErrors),
    security(("token" = ["users:write"]), ("session" = ["editor"])),
)]
pub async fn list(
    State(state): State<AppState>,
    actor: Actor,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    query::read(query, &[], |_, _| Ok(()))?;
    let imports = state.imports.list(&actor).await?.into_iter().map(ImportResponse::from);
    Ok(json(&imports.collect::<Vec<_>>()))
}

/// `POST /imports`: announces a file, whose parts are sent next.
#[utoipa::path(
    post,
    path = "/imports",
    operation_id = "createImport",
    tag = "Imports",
    summary = "Creates an import",
    description = "Upload the parts of its file next; the last one starts the check. Nothing is imported before it is \
        applied. Ids, times and versions in the file are used only if an admin creates the import.",
    params(parameters::IdempotencyKey),
    request_body(content = NewImport, example = examples::new_import),
    responses(responses::NewImport, responses::BadBody, responses::Conflict, responses::CommonErrors),
    security(("token" = ["users:write"]), ("session" = ["editor"])),
)]
pub async fn create(
    State(state): State<AppState>,
    actor: Actor,
    NewImportBody(new): NewImportBody,
) -> Result<Response, AppError> {
    let import = state.imports.begin(&actor, &new).await?;
    let location = format!("{IMPORTS}/{}", import.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], answer(import)).into_response())
}

/// `GET /imports/{id}`
#[utoipa::path(
    get,
    path = "/imports/{id}",
    operation_id = "getImport",
    tag = "Imports",
    summary = "Returns an import with its progress",
    params(ImportId),
    responses(responses::OneImport, responses::MalformedUrl, responses::NotFound, responses::CommonErrors),
    security(("token" = ["users:write"]), ("session" = ["editor"])),
)]
pub async fn get(State(state): State<AppState>, actor: Actor, Path(id): Path<String>) -> Result<Response, AppError> {
    Ok(answer(state.imports.get(&actor, id.parse()?).await?))
}

/// `PATCH /imports/{id}`: changes the columns and checks the file again.
#[utoipa::path(
    patch,
    path = "/imports/{id}",
    operation_id = "chooseColumns",
    tag = "Imports",
    summary = "Maps columns to fields",
    description = "Checks the file again. Replaces an earlier mapping; fields that are not named are \
        matched by the headings of the columns.",
    params(ImportId),
    request_body(
        content = ImportPatch,
        content_type = "application/merge-patch+json",
        example = examples::import_patch,
    ),
    responses(responses::OneImport, responses::BadBody, responses::WrongState, responses::CommonErrors),
    security(("token" = ["users:write"]), ("session" = ["editor"])),
)]
pub async fn patch(
    State(state): State<AppState>,
    actor: Actor,
    Path(id): Path<String>,
    ColumnsBody(columns): ColumnsBody,
) -> Result<Response, AppError> {
    let id = id.parse()?;
    let import = match columns {
        Some(chosen) => state.imports.choose_columns(&actor, id, chosen).await?,
        None => state.imports.get(&actor, id).await?,
    };
    Ok(answer(import))
}

/// `POST /imports/{id}/apply`
#[utoipa::path(
    post,
    path = "/imports/{id}/apply",
    operation_id = "applyImport",
    tag = "Imports",
    summary = "Applies a checked import",
    description = "Runs in the background, in one transaction: poll the import for its progress. Back in the state \
        `checked`, nothing was changed, and `problem` says why.",
    params(ImportId, parameters::IdempotencyKey),
    request_body(content = ApplyImport, example = examples::apply_import),
    responses(responses::ImportStarted, responses::BadBody, responses::WrongState, responses::CommonErrors),
    security(("token" = ["users:write"]), ("session" = ["editor"])),
)]
pub async fn apply(
    State(state): State<AppState>,
    actor: Actor,
    Path(id): Path<String>,
    ApplyBody(how): ApplyBody,
) -> Result<Response, AppError> {
    let import = state.imports.apply(&actor, id.parse()?, how).await?;
    Ok((StatusCode::ACCEPTED, answer(import)).into_response())
}

/// `POST /imports/{id}/undo`
#[utoipa::path(
    post,
    path = "/imports/{id}/undo",
    operation_id = "undoImport",
    tag = "Imports",
    summary = "Undoes an applied import",
    description = "Runs in the background, in one transaction. Created users are deleted, updated users get their old \
        values back; users that have changed since are left unchanged and counted in `kept`.",
    params(ImportId, parameters::IdempotencyKey),
    responses(responses::ImportStarted, responses::MalformedUrl, responses::BadFields, responses::WrongState, responses::CommonErrors),
    security(("token" = ["users:write"]), ("session" = ["editor"])),
)]
pub async fn undo(State(state): State<AppState>, actor: Actor, Path(id): Path<String>) -> Result<Response, AppError> {
    let import = state.imports.undo(&actor, id.parse()?).await?;
    Ok((StatusCode::ACCEPTED, answer(import)).into_response())
}

/// `DELETE /imports/{id}`
#[utoipa::path(
    delete,
    path = "/imports/{id}",
    operation_id = "cancelImport",
    tag = "Imports",
    summary = "Cancels an import",
    description = "Stops running work, which changes nothing. An applied import can only be undone.",
    params(ImportId),
    responses(responses::Done, responses::MalformedUrl, responses::WrongState, responses::CommonErrors),
    security(("token" = ["users:write"]), ("session" = ["editor"])),
)]
pub async fn cancel(
    State(state): State<AppState>,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<StatusCode, AppError> {
    state.imports.cancel(&actor, id.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(import: Import) -> Response {
    json(&ImportResponse::from(import))
}
