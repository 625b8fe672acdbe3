use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type,
        schema::{AnyOfBuilder, ArrayBuilder, OneOfBuilder},
    },
};

use super::{closed, integer, object, of, or_null, string, uuid};
use crate::{
    domain::{User, UserForm, UserPatch},
    server::foundation::limits::BATCH_OPERATIONS,
};

/// The body of a batch request.
#[derive(Debug)]
pub struct Batch;

/// The response to a successful batch.
#[derive(Debug)]
pub struct BatchDone;

/// The schemas of the operations, which have no types of their own.
#[derive(Debug)]
pub struct CreateOperation;
#[derive(Debug)]
pub struct UpdateOperation;
#[derive(Debug)]
pub struct DeleteOperation;
#[derive(Debug)]
pub struct RestoreOperation;
#[derive(Debug)]
pub struct OperationDone;

impl ToSchema for Batch {}

impl PartialSchema for Batch {
    fn schema() -> RefOr<Schema> {
        let operation = OneOfBuilder::new()
            .item(of::<CreateOperation>())
            .item(of::<UpdateOperation>())
            .item(of::<DeleteOperation>())
            .item(of::<RestoreOperation>());
        let operations = ArrayBuilder::new().items(operation).min_items(Some(1)).max_items(Some(BATCH_OPERATIONS));
        let operations = operations.description(Some("Done in this order; each sees what those before it did."));
        closed(object("Many operations.", [("operations", operations.into())])).into()
    }
}

impl ToSchema for CreateOperation {}

impl PartialSchema for CreateOperation {
    fn schema() -> RefOr<Schema> {
        closed(object("Adds a user.", [("op", op("create")), ("body", of::<UserForm>())])).into()
    }
}

impl ToSchema for UpdateOperation {}

impl PartialSchema for UpdateOperation {
    fn schema() -> RefOr<Schema> {
        let if_match = if_match().description(Some("The version that was seen: a number, or as `If-Match` has it."));
        let fields = [("op", op("update")), ("id", id()), ("if_match", if_match.into()), ("body", of::<UserPatch>())];
        closed(object("Changes fields of a user.", fields)).into()
    }
}

impl ToSchema for DeleteOperation {}

impl PartialSchema for DeleteOperation {
    fn schema() -> RefOr<Schema> {
        in_any_version("Deletes a user, who can be restored.", "delete")
    }
}

impl ToSchema for RestoreOperation {}

impl PartialSchema for RestoreOperation {
    fn schema() -> RefOr<Schema> {
        in_any_version("Brings a deleted user back.", "restore")
    }
}

impl ToSchema for BatchDone {}

impl PartialSchema for BatchDone {
    fn schema() -> RefOr<Schema> {
        let results = ArrayBuilder::new().items(of::<OperationDone>()).max_items(Some(BATCH_OPERATIONS));
        let results = results.description(Some("One for each operation, in their order."));
        object("What became of each operation.", [("results", results.into())]).into()
    }
}

impl ToSchema for OperationDone {}

impl PartialSchema for OperationDone {
    fn schema() -> RefOr<Schema> {
        object(
            "What the operation alone would have answered.",
            [
                ("index", integer("Which operation, from 0.", 0).into()),
                ("status", integer("201, 200 or 204.", 200).maximum(Some(299)).into()),
                ("user", or_null::<User>().description(Some("The user as they are then; null when deleted.")).into()),
            ],
        )
        .into()
    }
}

fn op(word: &str) -> RefOr<Schema> {
    string("What is to be done.").enum_values(Some([word])).into()
}

fn id() -> RefOr<Schema> {
    uuid("To whom.").into()
}

fn in_any_version(description: &str, word: &str) -> RefOr<Schema> {
    let if_match = if_match()
        .item(ObjectBuilder::new().schema_type(Type::Null))
        .description(Some("The version that was seen; any if left out."));
    closed(object(description, [("op", op(word)), ("id", id())]).property("if_match", if_match)).into()
}

fn if_match() -> AnyOfBuilder {
    let number =
        ObjectBuilder::new().schema_type(Type::Integer).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
    AnyOfBuilder::new().item(number).item(super::entity_tags())
}
