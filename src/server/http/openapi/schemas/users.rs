use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type, schema::SchemaType},
};

use super::{closed, email, integer, moment, object, string, uuid};
use crate::domain::{Name, User, UserForm, UserPatch};

/// No control characters, and at least one visible character: the rule of `domain::Name` except for tag characters,
/// which few pattern languages can express, and for control characters at the ends, which are trimmed.
const NAME: &str = concat!(
    r"^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*",
    r"[^\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f",
    r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8",
    r"\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]",
    r"[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$",
);

fn name(description: &str) -> ObjectBuilder {
    string(description)
        .min_length(Some(1))
        .max_length(Some(Name::MAX_CHARS))
        .pattern(Some(NAME))
        .examples(["Ada Lovelace"])
}

impl ToSchema for User {}

impl PartialSchema for User {
    fn schema() -> RefOr<Schema> {
        let deleted_at = moment("When they were deleted; null while active.");
        object(
            "A person of the directory.",
            [
                ("id", uuid("A UUID, version 7.").into()),
                ("name", string("What they are called.").into()),
                ("email", email("As it was typed.").into()),
                ("version", integer("Counted up by every change; the ETag is made of it.", 1).into()),
                ("created_at", moment("When they joined.").into()),
                ("updated_at", moment("When they were last changed.").into()),
                ("deleted_at", deleted_at.schema_type(SchemaType::from_iter([Type::String, Type::Null])).into()),
            ],
        )
        .into()
    }
}

impl ToSchema for UserForm {}

impl PartialSchema for UserForm {
    fn schema() -> RefOr<Schema> {
        let fields = [
            ("name", name("Any script, no control characters. Invisible characters at its ends are dropped.").into()),
            ("email", email("No other active user may have it, in whatever case.").into()),
        ];
        closed(object("What can be set of a user.", fields)).into()
    }
}

impl ToSchema for UserPatch {}

impl PartialSchema for UserPatch {
    fn schema() -> RefOr<Schema> {
        let patch = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("What is to change of a user (RFC 7396); what is left out stays as it is."))
            .property("name", name("As in UserForm."))
            .property("email", email("As in UserForm."));
        closed(patch).into()
    }
}
