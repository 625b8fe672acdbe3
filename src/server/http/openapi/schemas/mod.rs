//! JSON Schemas (draft 2020-12) of bodies.
//!
//! The domain is built for the browser too, where there is no utoipa. Its types are declared here a second time, with
//! their descriptions; `tests/openapi/schemas.rs` checks that both have the same fields. Types with a profile list
//! `ProfileField::ALL` instead.

mod batch;
mod enums;
mod events;
mod imports;
mod problem;
mod users;

use utoipa::{
    Number, ToSchema,
    openapi::{
        KnownFormat, ObjectBuilder, Ref, RefOr, Schema, SchemaFormat, Type,
        schema::{AdditionalProperties, AnyOfBuilder, SchemaType},
    },
};

use self::imports::RowError;
pub use self::{
    batch::{Batch, BatchDone, OperationDone},
    events::Event,
    imports::{ApplyImport, Import, ImportPatch, NewImport},
    problem::Problem,
};
use crate::domain::{Email, ImportRow};

/// The schemas as components of the document.
pub fn all() -> Vec<(String, RefOr<Schema>)> {
    let mut all = Vec::new();
    add::<BatchDone>(&mut all);
    add::<Event>(&mut all);
    add::<Import>(&mut all);
    add::<ImportRow>(&mut all);
    add::<RowError>(&mut all);
    for (_, schema) in &mut all {
        complete(schema);
    }
    add::<Problem>(&mut all);
    add::<Batch>(&mut all);
    add::<NewImport>(&mut all);
    add::<ImportPatch>(&mut all);
    add::<ApplyImport>(&mut all);
    all
}

/// Adds the schema of a type and those that it refers to.
fn add<T: ToSchema>(all: &mut Vec<(String, RefOr<Schema>)>) {
    all.push((T::name().into_owned(), T::schema()));
    T::schemas(all);
}

/// Completes the schema of a response, where serde writes every field, null or not. The description of a field moves from
/// the reference of a nullable object to the field, and the minimum of an unsigned integer is not written as 0.0.
fn complete(schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::Object(object)) = schema else { return };
    object.required = object.properties.keys().cloned().collect();
    for field in object.properties.values_mut() {
        match field {
            RefOr::T(Schema::Object(number)) if number.minimum == Some(Number::Float(0.0)) => {
                number.minimum = Some(Number::UInt(0));
            }
            RefOr::T(Schema::OneOf(choice)) => {
                if let Some(RefOr::Ref(reference)) = choice.items.first_mut() {
                    choice.description = Some(std::mem::take(&mut reference.description));
                }
            }
            _ => {}
        }
    }
}

/// A reference to the schema of a type.
pub fn of<T: ToSchema>() -> RefOr<Schema> {
    Ref::from_schema_name(T::name()).into()
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
