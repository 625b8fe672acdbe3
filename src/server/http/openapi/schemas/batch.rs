//! Batches. `rest::batch` parses a request field by field, so that every error names its field.
#![expect(dead_code, reason = "the types of a request only describe JSON")]

use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{KnownFormat, ObjectBuilder, SchemaFormat, Type, schema::AnyOfBuilder},
};

use super::{entity_tags, string};
use crate::domain::{User, UserForm, UserPatch};

/// A batch of operations.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// Executed in this order; each sees the effects of the earlier ones.
    #[schema(inline, min_items = 1, max_items = 1000)]
    operations: Vec<Operation>,
}

#[derive(ToSchema)]
#[serde(untagged)]
enum Operation {
    Create(CreateOperation),
    Update(UpdateOperation),
    Delete(DeleteOperation),
    Restore(RestoreOperation),
}

/// Creates a user.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateOperation {
    #[schema(schema_with = create)]
    op: String,
    body: UserForm,
}

/// Updates fields of a user.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
struct UpdateOperation {
    #[schema(schema_with = update)]
    op: String,
    /// The id of the user.
    #[schema(format = "uuid", examples("01890a5d-ac96-774b-bcce-b302099a8057"))]
    id: String,
    #[schema(schema_with = if_match)]
    if_match: String,
    body: UserPatch,
}

/// Deletes a user, who can be restored.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
struct DeleteOperation {
    #[schema(schema_with = delete)]
    op: String,
    /// The id of the user.
    #[schema(format = "uuid", examples("01890a5d-ac96-774b-bcce-b302099a8057"))]
    id: String,
    #[schema(schema_with = optional_if_match)]
    if_match: Option<String>,
}

/// Restores a deleted user.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
struct RestoreOperation {
    #[schema(schema_with = restore)]
    op: String,
    /// The id of the user.
    #[schema(format = "uuid", examples("01890a5d-ac96-774b-bcce-b302099a8057"))]
    id: String,
    #[schema(schema_with = optional_if_match)]
    if_match: Option<String>,
}

fn create() -> ObjectBuilder {
    op("create")
}

fn update() -> ObjectBuilder {
    op("update")
}

fn delete() -> ObjectBuilder {
    op("delete")
}

fn restore() -> ObjectBuilder {
    op("restore")
}

fn op(word: &str) -> ObjectBuilder {
    string("The operation.").enum_values(Some([word]))
}

fn if_match() -> AnyOfBuilder {
    version().description(Some("The expected version of the user: a number, or a value of `If-Match`."))
}

fn optional_if_match() -> AnyOfBuilder {
    let null = ObjectBuilder::new().schema_type(Type::Null);
    version().item(null).description(Some("The expected version of the user; any if omitted."))
}

fn version() -> AnyOfBuilder {
    let number =
        ObjectBuilder::new().schema_type(Type::Integer).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
    AnyOfBuilder::new().item(number).item(entity_tags())
}

/// The results of a batch.
#[derive(Serialize, ToSchema)]
pub struct BatchDone {
    /// One result per operation, in the same order.
    #[schema(max_items = 1000)]
    pub results: Vec<OperationDone>,
}

/// The result of one operation, as its own request would have returned it.
#[derive(Serialize, ToSchema)]
pub struct OperationDone {
    /// The index of the operation, counted from 0.
    #[schema(value_type = u64)]
    pub index: usize,
    /// The HTTP status: 200, 201 or 204.
    #[schema(value_type = u64, minimum = 200, maximum = 299)]
    pub status: u16,
    /// The user after the operation; null if deleted.
    pub user: Option<User>,
}
