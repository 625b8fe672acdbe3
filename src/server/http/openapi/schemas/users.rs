use std::iter;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type, schema::SchemaType},
};

use super::{closed, email, integer, moment, object, string, uuid};
use crate::domain::{Name, ProfileField, User, UserForm, UserPatch};

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

/// The schema of a profile field in a response.
fn stored(field: ProfileField) -> ObjectBuilder {
    match field {
        ProfileField::Name => string("The name of the user."),
        ProfileField::Email => email("The e-mail address, as it was entered."),
    }
}

/// The schema of a profile field in a request; `about` replaces its description.
fn sent(field: ProfileField, about: Option<&str>) -> ObjectBuilder {
    match field {
        ProfileField::Name => {
            name(about.unwrap_or("Any script, no control characters. Invisible characters at the ends are removed."))
        }
        ProfileField::Email => email(about.unwrap_or("Must be unique among active users, ignoring case.")),
    }
}

impl ToSchema for User {}

impl PartialSchema for User {
    fn schema() -> RefOr<Schema> {
        let deleted_at = moment("The time of deletion; null while active.");
        let id = ("id", uuid("A UUID, version 7.").into());
        let profile = ProfileField::ALL.iter().map(|field| (field.as_str(), stored(*field).into()));
        let fields = [
            ("version", integer("Incremented by every change; the `ETag` contains it.", 1).into()),
            ("created_at", moment("The time of creation.").into()),
            ("updated_at", moment("The time of the last change.").into()),
            ("deleted_at", deleted_at.schema_type(SchemaType::from_iter([Type::String, Type::Null])).into()),
        ];
        object("A user of the directory.", iter::once(id).chain(profile).chain(fields)).into()
    }
}

impl ToSchema for UserForm {}

impl PartialSchema for UserForm {
    fn schema() -> RefOr<Schema> {
        let form = ObjectBuilder::new().schema_type(Type::Object).description(Some("The editable fields of a user."));
        let form = ProfileField::ALL.iter().fold(form, |form, field| {
            let form = form.property(field.as_str(), sent(*field, None));
            if field.is_required() { form.required(field.as_str()) } else { form }
        });
        closed(form).into()
    }
}

impl ToSchema for UserPatch {}

impl PartialSchema for UserPatch {
    fn schema() -> RefOr<Schema> {
        let patch = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("A JSON merge patch of a user (RFC 7396): omitted fields keep their values."));
        let property = |patch: ObjectBuilder, field: &ProfileField| {
            patch.property(field.as_str(), sent(*field, Some("As in UserForm.")))
        };
        closed(ProfileField::ALL.iter().fold(patch, property)).into()
    }
}
