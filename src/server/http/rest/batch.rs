//! `POST /users/batch`: many operations in one transaction, all or none.

use axum::{
    extract::{FromRequest, Request, State},
    response::Response,
};
use serde_json::{Map, Value};

use super::{
    fields::{Fields, unknown, whole},
    json::{JSON, json, object},
    user_body::{form_of, patch_of},
};
use crate::{
    domain::{AppError, FieldErrors, User, UserId},
    server::{
        foundation::limits::BATCH_OPERATIONS,
        http::{
            conditional,
            openapi::{
                examples, parameters, responses,
                schemas::{Batch, BatchDone, OperationDone},
            },
            state::AppState,
        },
        services::{
            identity::Actor,
            users::{ExpectedVersion, Operation},
        },
    },
};

/// `POST /users/batch`
#[utoipa::path(
    post,
    path = "/users/batch",
    operation_id = "changeUsers",
    tag = "Users",
    summary = "Executes a batch of operations, all or none",
    description = "Up to 1,000 operations in one transaction. If one fails, none is applied: the response has the \
        status of the first error, and all errors in `errors`, each with a `field` like \
        `operations[3].body.email`.",
    params(parameters::IdempotencyKey),
    request_body(content = Batch, example = examples::batch),
    responses(responses::BatchResults, responses::BadBody, responses::CannotChange, responses::CommonErrors),
    security(("token" = ["users:write"]), ("session" = ["editor"])),
)]
pub async fn run(
    State(state): State<AppState>,
    actor: Actor,
    BatchBody(operations): BatchBody,
) -> Result<Response, AppError> {
    let outcomes = state.users.batch(&actor, &operations).await?;
    let (mut results, mut refusals, mut reasons) = (Vec::new(), Vec::new(), FieldErrors::default());
    for (index, (operation, outcome)) in operations.iter().zip(outcomes).enumerate() {
        match outcome {
            Ok(user) => results.push(operation_done(index, operation.as_ref().ok(), user)),
            Err(refusal) => {
                let errors = errors_of(operation.as_ref().ok(), &refusal);
                reasons.0.extend(errors.within(&format!("operations[{index}]")).0);
                refusals.push(refusal);
            }
        }
    }
    // The first invalid operation determines the error, or else the first refused one.
    match refusals.into_iter().min_by_key(|refusal| !matches!(refusal, AppError::Invalid(_))) {
        None => Ok(json(&BatchDone { results })),
        Some(first) => Err(AppError::Batch(Box::new(first), reasons)),
    }
}

fn operation_done(index: usize, operation: Option<&Operation>, user: User) -> OperationDone {
    let (status, user) = match operation {
        Some(Operation::Create(_)) => (201, Some(user)),
        Some(Operation::Delete { .. }) => (204, None),
        _ => (200, Some(user)),
    };
    OperationDone { index, status, user }
}

/// The errors of a refused operation, assigned to its fields. A message is part of a sentence, so it has no full stop.
fn errors_of(operation: Option<&Operation>, refusal: &AppError) -> FieldErrors {
    match (refusal, operation) {
        (AppError::Conflict(errors), Some(Operation::Create(_) | Operation::Update { .. })) => {
            errors.clone().within("body")
        }
        (AppError::Conflict(errors) | AppError::Invalid(errors), _) => errors.clone(),
        (AppError::Stale, _) => FieldErrors::one("if_match", "stale", "is not the current version of the user"),
        (AppError::NotFound(_), _) => FieldErrors::one("id", "not_found", "is not the id of a user"),
        (AppError::Forbidden(reason), _) => {
            FieldErrors::one("id", "forbidden", format!("cannot be changed: {}", reason.trim_end_matches('.')))
        }
        (other, _) => FieldErrors::one("", "failed", format!("failed: {}", other.to_string().trim_end_matches('.'))),
    }
}

/// The operations of a batch, or the errors of those that are invalid.
pub struct BatchBody(Vec<Result<Operation, FieldErrors>>);

impl<S: Sync> FromRequest<S> for BatchBody {
    type Rejection = AppError;

    async fn from_request(request: Request, _: &S) -> Result<Self, AppError> {
        let operations = operations_of(object(request, JSON).await?)?;
        Ok(Self(operations.into_iter().map(operation_of).collect()))
    }
}

fn operations_of(mut object: Map<String, Value>) -> Result<Vec<Value>, FieldErrors> {
    const FIELD: &str = "operations";
    let mut errors = FieldErrors::default();
    let operations = match object.remove(FIELD) {
        Some(Value::Array(operations)) => operations,
        given => {
            errors.push(FIELD, code_of(given.as_ref()), "must be an array");
            Vec::new()
        }
    };
    if errors.is_empty() && !(1..=BATCH_OPERATIONS).contains(&operations.len()) {
        errors.push(FIELD, "out_of_range", format!("must be 1 to {BATCH_OPERATIONS}"));
    }
    for (field, _) in object {
        errors.push(field, "unknown", unknown(&[FIELD]));
    }
    if errors.is_empty() { Ok(operations) } else { Err(errors) }
}

fn operation_of(value: Value) -> Result<Operation, FieldErrors> {
    let Value::Object(object) = value else {
        return Err(FieldErrors::one("", "invalid", "must be an object"));
    };
    let mut fields = Fields::of(object);
    let operation = fields.operation();
    fields.end("is not a field of this operation")?;
    operation.ok_or_else(FieldErrors::default)
}

impl Fields {
    fn operation(&mut self) -> Option<Operation> {
        let op = self.object.remove("op");
        match op.as_ref().and_then(Value::as_str) {
            Some("create") => {
                let new = self.body(|body| form_of(body)?.parse());
                Some(Operation::Create(new?))
            }
            Some("update") => {
                let (id, expected, patch) = (self.id(), self.if_match(None), self.body(patch_of));
                Some(Operation::Update { id: id?, expected: expected?, patch: patch? })
            }
            Some("delete") => {
                let (id, expected) = (self.id(), self.if_match(Some(ExpectedVersion::Any)));
                Some(Operation::Delete { id: id?, expected: expected? })
            }
            Some("restore") => {
                let (id, expected) = (self.id(), self.if_match(Some(ExpectedVersion::Any)));
                Some(Operation::Restore { id: id?, expected: expected? })
            }
            _ => {
                self.errors.push("op", code_of(op.as_ref()), "must be one of create, update, delete, restore");
                // Without a valid `op` it is unknown which fields are allowed.
                self.object.clear();
                None
            }
        }
    }

    fn id(&mut self) -> Option<UserId> {
        let given = self.object.remove("id");
        let id = given.as_ref().and_then(Value::as_str).and_then(|id| id.parse().ok());
        if id.is_none() {
            self.errors.push("id", code_of(given.as_ref()), "must be the id of a user, a UUID");
        }
        id
    }

    fn if_match(&mut self, otherwise: Option<ExpectedVersion>) -> Option<ExpectedVersion> {
        let given = self.object.remove("if_match");
        let expected = match &given {
            None | Some(Value::Null) => otherwise,
            Some(Value::Number(version)) => whole::<i64>(version).map(ExpectedVersion::from),
            Some(Value::String(tags)) => conditional::expected_version(tags).ok(),
            Some(_) => None,
        };
        if expected.is_none() {
            let message = "must be the version of the user that you read: a number, or the ETag";
            self.errors.push("if_match", code_of(given.as_ref()), message);
        }
        expected
    }

    fn body<T>(&mut self, parse: impl FnOnce(Map<String, Value>) -> Result<T, FieldErrors>) -> Option<T> {
        let result = match self.object.remove("body") {
            Some(Value::Object(body)) => parse(body).map_err(|errors| errors.within("body")),
            given => Err(FieldErrors::one("body", code_of(given.as_ref()), "must be an object")),
        };
        self.errors.take(result)
    }
}

/// The error code of an invalid field: `required` if it is missing, else `invalid`.
fn code_of(given: Option<&Value>) -> &'static str {
    if given.is_none_or(Value::is_null) { "required" } else { "invalid" }
}
