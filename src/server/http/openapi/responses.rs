//! The responses that handlers name.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::{
    IntoResponses,
    openapi::{ContentBuilder, ObjectBuilder, RefOr, ResponseBuilder, Schema, Type, schema::ArrayBuilder},
};

use super::{
    errors::{Answers, errors},
    examples, headers,
    schemas::{BatchDone, Event, Import, of},
};
use crate::{
    domain::{FileKind, ImportRow, ListEvents, ListImportRows, ListUsers, User},
    server::{foundation::limits::LISTED_IMPORTS, http::negotiation::file_media_type},
};

/// Defines a named set of responses for each handler to list.
macro_rules! responses {
    ($($(#[$doc:meta])* $name:ident => $responses:expr;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $name;

            impl IntoResponses for $name {
                fn responses() -> Answers {
                    $responses
                }
            }
        )+
    };
}

responses! {
    /// 200: a page of the list.
    UserPage => {
        let users = ArrayBuilder::new().items(of::<User>()).max_items(Some(ListUsers::MAX_PER_PAGE as usize));
        let page = json("The users of the page, in the requested order.", users, json!([examples::user()]));
        one(200, page, &["ETag", "Link", "X-Total-Count"])
    };
    /// 200: all users of a list as a file.
    UserFile => one(200, user_file(), &["Content-Disposition"]);
    /// 200: a user.
    OneUser => one(200, json("The user.", of::<User>(), examples::user()), &["ETag"]);
    /// 201: a new user.
    NewUser => {
        let user = json("The new user.", of::<User>(), examples::user());
        one(201, user, &["ETag", "Location", "Idempotency-Replayed"])
    };
    /// 200: a restored user.
    Restored => one(200, json("The restored user.", of::<User>(), examples::user()), &["ETag", "Idempotency-Replayed"]);
    /// 200: all operations of a batch.
    BatchResults => {
        let done = json("All operations succeeded.", of::<BatchDone>(), examples::batch_done());
        one(200, done, &["Idempotency-Replayed"])
    };
    /// 204.
    Done => one(204, ResponseBuilder::new().description("Success, without content."), &[]);
    /// 304.
    NotModified => one(304, unchanged(), &["ETag"]);
    /// 304: a page of the list, with its links.
    PageNotModified => one(304, unchanged(), &["ETag", "Link", "X-Total-Count"]);
    /// 200: a page of the audit trail.
    Events => {
        let events = ArrayBuilder::new().items(of::<Event>()).max_items(Some(ListEvents::MAX_PER_PAGE as usize));
        one(200, json("The events, newest first.", events, json!([examples::event()])), &["Link"])
    };
    /// 200: the latest imports.
    Imports => {
        let imports = ArrayBuilder::new().items(of::<Import>()).max_items(Some(LISTED_IMPORTS as usize));
        one(200, json("The imports, newest first.", imports, json!([examples::import()])), &[])
    };
    /// 200: an import.
    OneImport => one(200, json("The current state of the import.", of::<Import>(), examples::import()), &[]);
    /// 201: a new import.
    NewImport => {
        let import = json("The new import.", of::<Import>(), examples::import());
        one(201, import, &["Location", "Idempotency-Replayed"])
    };
    /// 202: an import with work in progress.
    ImportStarted => {
        let import = json("Started; runs in the background. Poll the import for its progress.", of::<Import>(), examples::import());
        one(202, import, &["Idempotency-Replayed"])
    };
    /// 200: rows of an import.
    ImportRows => {
        let rows = ArrayBuilder::new().items(of::<ImportRow>()).max_items(Some(ListImportRows::MAX_PER_PAGE as usize));
        one(200, json("The rows, in the order of the file.", rows, json!([examples::import_row()])), &["Link"])
    };
    /// 200: rows that were rejected, as a file.
    RejectedFile => one(200, rejected_file(), &["Content-Disposition"]);
    /// Errors that every operation may return. The body limit applies to all of them, but 413 is listed only for those
    /// with a body: a client of the others that follows the document sends none.
    CommonErrors => errors(&[401, 403, 406, 429, 500, 503]);
    /// A malformed URL.
    MalformedUrl => errors(&[400]);
    /// No such user.
    NotFound => errors(&[404]);
    /// A user in another version than `If-Match` names.
    OtherVersion => errors(&[412]);
    /// A user that cannot be changed: not found, in conflict with others, or in another version.
    CannotChange => errors(&[404, 409, 412]);
    /// An invalid parameter or field.
    BadFields => errors(&[422]);
    /// An invalid body.
    BadBody => errors(&[400, 408, 413, 415, 422]);
    /// A conflict with another user.
    Conflict => errors(&[409]);
    /// Not found, or in the wrong state.
    WrongState => errors(&[404, 409]);
    /// Deleted in the meantime.
    Gone => errors(&[410]);
    /// A missing `If-Match`.
    PreconditionRequired => errors(&[428]);
}

fn unchanged() -> ResponseBuilder {
    ResponseBuilder::new().description("Not modified since the version in `If-None-Match`.")
}

fn one(status: u16, answer: ResponseBuilder, names: &[&str]) -> Answers {
    let answer = names.iter().fold(answer, |answer, name| answer.header_ref(*name, headers::reference(name)));
    BTreeMap::from([(status.to_string(), answer.into())])
}

fn json(description: &str, schema: impl Into<RefOr<Schema>>, example: Value) -> ResponseBuilder {
    let content = ContentBuilder::new().schema(Some(schema)).example(Some(example));
    ResponseBuilder::new().description(description).content("application/json", content)
}

fn user_file() -> ResponseBuilder {
    let description = "The users, in the requested order.";
    let users = ArrayBuilder::new().items(of::<User>());
    let text = |about: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(about));
    let content =
        |schema: RefOr<Schema>, example| ContentBuilder::new().schema(Some(schema)).example(Some(example)).build();
    let csv = text("RFC 4180 with a header row, in UTF-8.").into();
    let lines = text("One user per line, in the same form as in the array.").into();
    ResponseBuilder::new()
        .description(description)
        .content(file_media_type(FileKind::Csv), content(csv, examples::file(FileKind::Csv)))
        .content(file_media_type(FileKind::JsonLines), content(lines, examples::file(FileKind::JsonLines)))
        .content(file_media_type(FileKind::Json), content(users.into(), json!([examples::user()])))
}

fn rejected_file() -> ResponseBuilder {
    let text = |about: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(about));
    let csv = ContentBuilder::new()
        .schema(Some(text("The header row and the rejected rows, with a column `problem`.")))
        .example(Some(json!("name,email,problem\r\nAda,ada,email must be an address like ada@example.org\r\n")));
    let lines = ContentBuilder::new()
        .schema(Some(text("One object per line, with a member `problem`.")))
        .example(Some(json!("{\"name\":\"Ada\",\"problem\":\"email must not be empty\"}\n")));
    ResponseBuilder::new()
        .description("The rejected rows.")
        .content("text/csv", csv.build())
        .content("application/jsonl", lines.build())
}
