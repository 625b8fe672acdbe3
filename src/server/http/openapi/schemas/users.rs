use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type, schema::SchemaType},
};

use super::{closed, email, integer, moment, object, string, uuid};
use crate::domain::{Name, User, UserForm, UserPatch};

/// The rule of `domain::Name` except for tag characters, which few pattern languages can express: invisible characters
/// at the ends are trimmed; the rest has no control characters and at least one visible character.
const NAME: &str = concat!(
    r"^[\t-\r \u0085\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]*",
    r"[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*",
    r"[^\s\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f",
    r"\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8]",
    r"[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*",
    r"[\t-\r \u0085\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]*$",
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
