use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    json::json,
    user_body::{PatchBody, UserBody},
};
use crate::{
    domain::{AppError, User, UserForm, UserId, UserPatch},
    server::{
        http::{
            conditional::{IfMatch, etag, known_tag},
            openapi::{examples, parameters, responses},
            paths::USERS,
            state::AppState,
        },
        services::{
            identity::Actor,
            users::{ExpectedVersion, Operation},
        },
    },
};

/// `GET /users/{id}`: the user, or 304 if the client has this version already, or 412 if it wants another.
#[utoipa::path(
    get,
    path = "/users/{id}",
    operation_id = "getUser",
    tag = "Users",
    summary = "Returns a user",
    description = "A deleted user is found only by callers with permission to restore it.",
    params(UserId, parameters::OptionalIfMatch, parameters::IfNoneMatch),
    responses(
        responses::OneUser,
        responses::NotModified,
        responses::MalformedUrl,
        responses::NotFound,
        responses::OtherVersion,
        responses::CommonErrors,
    ),
    security(("token" = ["users:read"]), ("session" = ["viewer"])),
)]
pub async fn get(
    State(state): State<AppState>,
    actor: Actor,
    Path(id): Path<String>,
    if_match: Option<IfMatch>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let user = state.users.get(&actor, id.parse()?).await?;
    expected_version(if_match).check(&user)?;
    let mut response = answer(user);
    if let Some(tag) = response.headers().get(header::ETAG).and_then(|tag| known_tag(&headers, tag)) {
        response.headers_mut().insert(header::ETAG, tag);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    Ok(response)
}

/// `POST /users`
#[utoipa::path(
    post,
    path = "/users",
    operation_id = "createUser",
    tag = "Users",
    summary = "Creates a user",
    params(parameters::IdempotencyKey),
    request_body(content = UserForm, example = examples::form),
    responses(responses::NewUser, responses::BadBody, responses::Conflict, responses::CommonErrors),
    security(("token" = ["users:write"]), ("session" = ["editor"])),
)]
pub async fn create(
    State(state): State<AppState>,
    actor: Actor,
    UserBody(form): UserBody,
) -> Result<Response, AppError> {
    let user = state.users.create(&actor, &form).await?;
    let location = format!("{USERS}/{}", user.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], answer(user)).into_response())
}

/// `PATCH /users/{id}`: changes the given fields.
#[utoipa::path(
    patch,
    path = "/users/{id}",
    operation_id = "updateUser",
    tag = "Users",
    summary = "Updates fields of a user",
    description = "Omitted fields keep their values; a patch without effect creates no new version.",
    params(UserId, parameters::IfMatch),
    request_body(content = UserPatch, content_type = "application/merge-patch+json", example = examples::patch),
    responses(responses::OneUser, responses::BadBody, responses::CannotChange, responses::PreconditionRequired, responses::CommonErrors),
    security(("token" = ["users:write"]), ("session" = ["editor"])),
)]
pub async fn patch(
    State(state): State<AppState>,
    actor: Actor,
    Path(id): Path<String>,
    IfMatch(expected): IfMatch,
    PatchBody(patch): PatchBody,
) -> Result<Response, AppError> {
    let update = Operation::Update { id: id.parse()?, expected, patch };
    Ok(answer(state.users.apply(&actor, &update).await?))
}

/// `PUT /users/{id}`: changes all fields.
#[utoipa::path(
    put,
    path = "/users/{id}",
    operation_id = "replaceUser",
    tag = "Users",
    summary = "Replaces all fields of a user",
    params(UserId, parameters::IfMatch),
    request_body(content = UserForm, example = examples::form),
    responses(responses::OneUser, responses::BadBody, responses::CannotChange, responses::PreconditionRequired, responses::CommonErrors),
    security(("token" = ["users:write"]), ("session" = ["editor"])),
)]
pub async fn put(
    State(state): State<AppState>,
    actor: Actor,
    Path(id): Path<String>,
    IfMatch(expected): IfMatch,
    UserBody(form): UserBody,
) -> Result<Response, AppError> {
    let update = Operation::Update { id: id.parse()?, expected, patch: form.parse()?.into() };
    Ok(answer(state.users.apply(&actor, &update).await?))
}

/// `DELETE /users/{id}`
#[utoipa::path(
    delete,
    path = "/users/{id}",
    operation_id = "deleteUser",
    tag = "Users",
    summary = "Deletes a user",
    description = "The user can be restored until it is erased. Deleting a deleted user succeeds and changes nothing.",
    params(UserId, parameters::OptionalIfMatch),
    responses(responses::Done, responses::MalformedUrl, responses::CannotChange, responses::CommonErrors),
    security(("token" = ["users:write"]), ("session" = ["editor"])),
)]
pub async fn delete(
    State(state): State<AppState>,
    actor: Actor,
    Path(id): Path<String>,
    if_match: Option<IfMatch>,
) -> Result<StatusCode, AppError> {
    let delete = Operation::Delete { id: id.parse()?, expected: expected_version(if_match) };
    state.users.apply(&actor, &delete).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /users/{id}/restore`
#[utoipa::path(
    post,
    path = "/users/{id}/restore",
    operation_id = "restoreUser",
    tag = "Users",
    summary = "Restores a deleted user",
    description = "Restoring an active user succeeds and changes nothing.",
    params(UserId, parameters::OptionalIfMatch, parameters::IdempotencyKey),
    responses(responses::Restored, responses::MalformedUrl, responses::BadFields, responses::CannotChange, responses::CommonErrors),
    security(("token" = ["users:write"]), ("session" = ["editor"])),
)]
pub async fn restore(
    State(state): State<AppState>,
    actor: Actor,
    Path(id): Path<String>,
    if_match: Option<IfMatch>,
) -> Result<Response, AppError> {
    let restore = Operation::Restore { id: id.parse()?, expected: expected_version(if_match) };
    Ok(answer(state.users.apply(&actor, &restore).await?))
}

fn expected_version(if_match: Option<IfMatch>) -> ExpectedVersion {
    if_match.map_or(ExpectedVersion::Any, |IfMatch(expected)| expected)
}

fn answer(user: User) -> Response {
    (etag(&user), json(&user)).into_response()
}
