use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema, Type,
        schema::{ArrayBuilder, SchemaType},
    },
};

use super::{integer, moment, object, of, or_null, string, string_or_null, uuid};
use crate::domain::{Action, ActorKind, Change, Event, EventActor, EventSubject, EventUser, SubjectKind};

impl ToSchema for Event {}

impl PartialSchema for Event {
    fn schema() -> RefOr<Schema> {
        let changes = ArrayBuilder::new().items(of::<Change>()).description(Some("Which fields it changed."));
        let import =
            uuid("The import that it was part of.").schema_type(SchemaType::from_iter([Type::String, Type::Null]));
        object(
            "A line of the audit trail.",
            [
                ("seq", integer("Counted up; the later has the greater.", 1).into()),
                ("at", moment("When it happened.").into()),
                ("actor", of::<EventActor>()),
                ("address", string_or_null("The client’s network address; for admins only.").into()),
                ("request_id", string_or_null("The `X-Request-Id` of the request; for admins only.").into()),
                ("action", of::<Action>()),
                ("subject", or_null::<EventSubject>().description(Some("The affected record.")).into()),
                ("user", or_null::<EventUser>().description(Some("The affected user.")).into()),
                ("changes", changes.into()),
                ("import", import.into()),
            ],
        )
        .into()
    }
}

impl ToSchema for EventActor {}

impl PartialSchema for EventActor {
    fn schema() -> RefOr<Schema> {
        let kinds = ActorKind::ALL.iter().map(|kind| kind.as_str());
        let id = uuid("The user or the token.").schema_type(SchemaType::from_iter([Type::String, Type::Null]));
        object(
            "Who did it.",
            [
                ("kind", string("`operator` is the command line.").enum_values(Some(kinds)).into()),
                ("id", id.into()),
                ("name", string_or_null("What they are called now; null for those who were erased.").into()),
            ],
        )
        .into()
    }
}

impl ToSchema for EventSubject {}

impl PartialSchema for EventSubject {
    fn schema() -> RefOr<Schema> {
        let kinds = SubjectKind::ALL.iter().map(|kind| kind.as_str());
        object(
            "The record that an event is about.",
            [
                ("kind", string("The kind of the record.").enum_values(Some(kinds)).into()),
                ("id", uuid("The id of the record.").into()),
            ],
        )
        .into()
    }
}

impl ToSchema for EventUser {}

impl PartialSchema for EventUser {
    fn schema() -> RefOr<Schema> {
        object(
            "Whom it happened to.",
            [
                ("id", uuid("The user.").into()),
                ("name", string_or_null("What they are called now; null for those who were erased.").into()),
            ],
        )
        .into()
    }
}

impl ToSchema for Change {}

impl PartialSchema for Change {
    fn schema() -> RefOr<Schema> {
        object(
            "A field that changed; both values are null once its user was erased.",
            [
                ("field", string("Its name.").into()),
                ("from", string_or_null("What it held.").into()),
                ("to", string_or_null("What it holds.").into()),
            ],
        )
        .into()
    }
}

impl ToSchema for Action {}

impl PartialSchema for Action {
    fn schema() -> RefOr<Schema> {
        string("What happened.").enum_values(Some(Self::ALL.iter().map(|action| action.as_str()))).into()
    }
}
