//! The upload of the parts of a file.

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{FromRequest, Path, Request, State},
    response::Response,
};
use http_body_util::BodyExt;

use super::answer;
use crate::{
    domain::{AppError, FieldErrors, Import},
    server::{
        http::{
            body::{body_error, refuse_encoded},
            openapi::{examples, parameters, responses},
            state::AppState,
        },
        services::identity::Actor,
    },
};

const LIMIT: usize = Import::MAX_PART as usize;

/// `PUT /imports/{id}/parts/{n}`
#[utoipa::path(
    put,
    path = "/imports/{id}/parts/{n}",
    operation_id = "putPart",
    tag = "Imports",
    summary = "Uploads a part of the file",
    description = "Parts can be uploaded in any order and concurrently; a second upload replaces the first. \
        Each has `part_size` bytes; the last one has the rest. The body is a slice of the file, whatever its \
        content type; a `Content-Encoding` is rejected. The last missing part starts the check.",
    params(parameters::Part),
    request_body(content = String, content_type = "application/octet-stream", example = examples::part),
    responses(responses::OneImport, responses::BadBody, responses::WrongState, responses::CommonErrors),
    security(("token" = ["users:write"]), ("session" = ["editor"])),
)]
pub async fn put_part(
    State(state): State<AppState>,
    actor: Actor,
    Path((id, part)): Path<(String, String)>,
    PartBody(bytes): PartBody,
) -> Result<Response, AppError> {
    let id = id.parse()?;
    let part = part.parse().map_err(|_| FieldErrors::one("part", "out_of_range", "must be a whole number from 1"))?;
    Ok(answer(state.imports.put_part(&actor, id, part, bytes).await?))
}

/// The bytes of a part, without copies.
pub struct PartBody(Bytes);

impl<S: Sync> FromRequest<S> for PartBody {
    type Rejection = AppError;

    async fn from_request(request: Request, _: &S) -> Result<Self, AppError> {
        refuse_encoded(request.headers())?;
        bytes(request.into_body()).await.map(Self)
    }
}

async fn bytes(mut body: Body) -> Result<Bytes, AppError> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > LIMIT {
        return Err(AppError::TooLarge(LIMIT));
    }
    let mut bytes = Vec::with_capacity(announced);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|error| body_error(&error))?.into_data() else { continue };
        if bytes.len() + data.len() > LIMIT {
            return Err(AppError::TooLarge(LIMIT));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes.into())
}
