//! JSON Schemas (draft 2020-12) of bodies, with the limits and words of the domain.

mod batch;
mod events;
mod imports;
mod problem;
mod users;

use utoipa::{
    ToSchema,
    openapi::{
        KnownFormat, ObjectBuilder, Ref, RefOr, Schema, SchemaFormat, Type,
        schema::{AdditionalProperties, AnyOfBuilder, OneOfBuilder, SchemaType},
    },
};

use self::batch::{CreateOperation, DeleteOperation, OperationDone, RestoreOperation, UpdateOperation};
pub use self::{
    batch::{Batch, BatchDone},
    imports::ImportPatch,
    problem::Problem,
};
use crate::domain::{
    Action, ApplyImport, Change, Email, Event, EventActor, EventSubject, EventUser, FieldError, FileColumn, FileFormat,
    Import, ImportCounts, ImportProgress, ImportRow, NewImport, RowError, User, UserForm, UserPatch,
};

/// The schemas as components of the document.
pub fn all() -> Vec<(String, RefOr<Schema>)> {
    vec![
        named::<User>(),
        named::<UserForm>(),
        named::<UserPatch>(),
        named::<Batch>(),
        named::<CreateOperation>(),
        named::<UpdateOperation>(),
        named::<DeleteOperation>(),
        named::<RestoreOperation>(),
        named::<BatchDone>(),
        named::<OperationDone>(),
        named::<Event>(),
        named::<EventActor>(),
        named::<EventSubject>(),
        named::<EventUser>(),
        named::<Change>(),
        named::<Action>(),
        named::<Import>(),
        named::<ImportProgress>(),
        named::<ImportCounts>(),
        named::<FileFormat>(),
        named::<FileColumn>(),
        named::<ImportRow>(),
        named::<RowError>(),
        named::<NewImport>(),
        named::<ImportPatch>(),
        named::<ApplyImport>(),
        named::<Problem>(),
        named::<FieldError>(),
    ]
}

fn named<T: ToSchema>() -> (String, RefOr<Schema>) {
    (T::name().into_owned(), T::schema())
}

/// A reference to the schema of a type.
pub fn of<T: ToSchema>() -> RefOr<Schema> {
    Ref::from_schema_name(T::name()).into()
}

/// A schema or null.
fn or_null<T: ToSchema>() -> OneOfBuilder {
    OneOfBuilder::new().item(of::<T>()).item(ObjectBuilder::new().schema_type(Type::Null))
}

pub fn string(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description))
}

fn string_or_null(description: &str) -> ObjectBuilder {
    string(description).schema_type(SchemaType::from_iter([Type::String, Type::Null]))
}

pub fn integer(description: &str, least: i64) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .description(Some(description))
        .minimum(Some(least))
}

/// A time in UTC.
pub fn moment(description: &str) -> ObjectBuilder {
    string(description)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .examples(["2026-01-02T03:04:05.678Z"])
}

pub fn uuid(description: &str) -> ObjectBuilder {
    string(description)
        .format(Some(SchemaFormat::Custom("uuid".to_owned())))
        .examples(["01890a5d-ac96-774b-bcce-b302099a8057"])
}

pub fn email(description: &str) -> ObjectBuilder {
    string(description)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::IdnEmail)))
        .max_length(Some(Email::MAX_OCTETS))
        .examples(["ada@example.org"])
}

/// `*`, or entity tags (RFC 9110 section 8.8.3).
pub fn entity_tags() -> AnyOfBuilder {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let tags = text().pattern(Some(r#"^(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*$"#));
    AnyOfBuilder::new().item(text().enum_values(Some(["*"]))).item(tags).examples(["\"1\"", "*"])
}

/// An object with these required fields, in this order.
fn object<'a>(description: &str, fields: impl IntoIterator<Item = (&'a str, RefOr<Schema>)>) -> ObjectBuilder {
    let object = ObjectBuilder::new().schema_type(Type::Object).description(Some(description));
    fields.into_iter().fold(object, |object, (name, field)| object.property(name, field).required(name))
}

/// An object without additional fields.
fn closed(object: ObjectBuilder) -> ObjectBuilder {
    object.additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
}
