use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema, schema::ArrayBuilder},
};

use super::{integer, object, of, string, string_or_null};
use crate::domain::FieldError;

/// Problem details (RFC 9457), the body of every error.
#[derive(Debug)]
pub struct Problem;

impl ToSchema for Problem {}

impl PartialSchema for Problem {
    fn schema() -> RefOr<Schema> {
        let fields = [
            ("status", integer("The HTTP status.", 400).maximum(Some(599)).into()),
            ("title", string("A few words, the same for every error of its kind.").into()),
            ("detail", string("A sentence for people.").into()),
            ("request_id", string_or_null("The `X-Request-Id`: by it the log is found.").into()),
            ("error", string("The same as `detail`, where older clients look for it.").into()),
        ];
        let errors = ArrayBuilder::new().items(of::<FieldError>()).min_items(Some(1));
        let errors = errors.description(Some("Every field at fault; left out where none is."));
        object("Problem details (RFC 9457).", fields).property("errors", errors).into()
    }
}

impl ToSchema for FieldError {}

impl PartialSchema for FieldError {
    fn schema() -> RefOr<Schema> {
        object(
            "A field and what is wrong with it.",
            [
                ("field", string("The field or parameter, as it was sent.").into()),
                ("code", string("For programs.").examples(["required", "too_long", "unknown", "taken"]).into()),
                ("message", string("For people; follows the field’s name in a sentence.").into()),
            ],
        )
        .into()
    }
}
