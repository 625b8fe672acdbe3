//! The upload of the parts of a file.

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{FromRequest, Path, Request, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;

use super::answer;
use crate::{
    domain::{AppError, FieldErrors, Import},
    server::{
        http::{
            body::broken,
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
        Each has `part_size` bytes, the last one the remainder. The body is a slice of the file, whatever its \
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
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        if is_encoded(request.headers()) {
            // RFC 9110 section 15.5.16.
            let error = AppError::UnsupportedMediaType("sent as it is, without a Content-Encoding".to_owned());
            return Err(([(header::ACCEPT_ENCODING, "identity")], error).into_response());
        }
        bytes(request.into_body()).await.map(Self).map_err(AppError::into_response)
    }
}

fn is_encoded(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::CONTENT_ENCODING).iter();
    let mut codings = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    codings.any(|coding| {
        let coding = coding.trim_ascii();
        !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity")
    })
}

async fn bytes(mut body: Body) -> Result<Bytes, AppError> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > LIMIT {
        return Err(AppError::TooLarge(LIMIT));
    }
    let mut bytes = Vec::with_capacity(announced);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|error| broken(&error))?.into_data() else { continue };
        if bytes.len() + data.len() > LIMIT {
            return Err(AppError::TooLarge(LIMIT));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes.into())
}
