//! Parameters: path, query and request headers.

use serde_json::{Value, json};
use utoipa::{
    IntoParams,
    openapi::{
        KnownFormat, ObjectBuilder, RefOr, Required, Schema, SchemaFormat, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::AnyOfBuilder,
    },
};

use super::schemas::{email, entity_tags, integer, moment, of, string, uuid};
use crate::{
    domain::{
        Action, FileKind, Import, ImportId, ImportMode, ListEvents, ListImportRows, ListUsers, RowOutcome, SortField,
        UserId, UserSort, UserStatus,
    },
    server::{foundation::limits::IDEMPOTENCY_KEY_CHARS, services::users::ExportUsers},
};

/// A required `If-Match`: optimistic concurrency.
#[derive(Debug)]
pub struct IfMatch;

/// An optional `If-Match`.
#[derive(Debug)]
pub struct OptionalIfMatch;

/// `If-None-Match`, for conditional requests.
#[derive(Debug)]
pub struct IfNoneMatch;

/// `Idempotency-Key`, for requests that must not be executed twice.
#[derive(Debug)]
pub struct IdempotencyKey;

/// The query parameters of a user's history.
#[derive(Debug)]
pub struct HistoryQuery;

/// An import and the number of a part of its file.
#[derive(Debug)]
pub struct Part;

/// The query parameters of the file of rejected rows.
#[derive(Debug)]
pub struct RejectedQuery;

fn parameter(place: ParameterIn, name: &str, description: &str, schema: impl Into<RefOr<Schema>>) -> ParameterBuilder {
    ParameterBuilder::new().name(name).parameter_in(place).description(Some(description)).schema(Some(schema))
}

fn query(name: &str, description: &str, schema: impl Into<RefOr<Schema>>) -> Parameter {
    parameter(ParameterIn::Query, name, description, schema).build()
}

fn header(name: &str, description: &str, schema: impl Into<RefOr<Schema>>) -> ParameterBuilder {
    parameter(ParameterIn::Header, name, description, schema)
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// An enumeration of strings.
fn words<W: Into<Value>>(words: impl IntoIterator<Item = W>) -> ObjectBuilder {
    text().enum_values(Some(words))
}

fn count(most: u32, default: u32) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(most)).default(Some(json!(default)))
}

/// This schema or the empty string, as forms send for an empty field.
fn or_empty(schema: impl Into<RefOr<Schema>>) -> AnyOfBuilder {
    AnyOfBuilder::new().item(schema).item(text().max_length(Some(0)))
}

impl IntoParams for UserId {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let id = parameter(ParameterIn::Path, "id", "The `id` of a user.", uuid("A hyphenated UUID."));
        vec![id.required(Required::True).build()]
    }
}

impl IntoParams for ListUsers {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let default = Self::default();
        let sorts = SortField::ALL
            .into_iter()
            .flat_map(|field| [false, true].map(|descending| UserSort { field, descending }.to_string()));
        let q = text().max_length(Some(Self::MAX_Q_CHARS)).pattern(Some(r"^[^\u0000-\u001f\u007f-\u009f]*$"));
        let status = words(UserStatus::ALL.map(UserStatus::as_str)).default(Some(json!(default.status.as_str())));
        let cursor = text().pattern(Some("^[A-Za-z0-9_-]+$")).min_length(Some(1));
        vec![
            query(
                "q",
                "Words that must all occur in the name or e-mail address, ignoring case, accents, apostrophes \
                 and hyphens; a word of one or two characters matches only at the beginning of a word.",
                q.examples(["curie mar"]),
            ),
            query("status", "`deleted` and `all` require the role `editor` or the scope `users:write`.", status),
            query(
                "email",
                "Only users with exactly this address, ignoring case; encode a plus sign as `%2B`.",
                email("An e-mail address."),
            ),
            query("created_after", "Only users created after this time.", moment("A time.")),
            query("created_before", "Only users created before this time.", moment("A time.")),
            query(
                "sort",
                "The sort field; prefix it with `-` for descending order.",
                words(sorts).default(Some(json!(default.sort.to_string()))),
            ),
            query("per_page", "The number of users per page.", count(Self::MAX_PER_PAGE, default.per_page)),
            query(
                "page",
                "The page number, up to 10,000 rows deep; the pagination links use `cursor`, which has no limit.",
                count(Self::MAX_ROWS, default.page),
            ),
            query("cursor", "A cursor from a pagination link; cannot be combined with `page`.", cursor),
            query("count", "`exact` adds `X-Total-Count` to the response.", words(["exact"])),
        ]
    }
}

impl IntoParams for ExportUsers {
    fn into_params(provider: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let format = words(FileKind::ALL.iter().map(|kind| kind.as_str()));
        let list = ListUsers::into_params(provider).into_iter();
        let known = list.filter(|parameter| Self::PARAMETERS.contains(&parameter.name.as_str()));
        [query("format", "CSV, JSON Lines or one JSON array; by default chosen by `Accept`.", format)]
            .into_iter()
            .chain(known)
            .collect()
    }
}

impl IntoParams for ListEvents {
    fn into_params(provider: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let day = || text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Date))).examples(["2026-01-31"]);
        let mut parameters = vec![
            query("user", "Only events about this user.", or_empty(uuid("A user."))),
            query("actor", "Only events caused by this user or token.", or_empty(uuid("A user or a token."))),
            query("action", "Only events with this action.", or_empty(of::<Action>())),
            query("since", "Only events since the beginning of this day (UTC).", or_empty(day())),
            query("until", "Only events until the end of this day (UTC).", or_empty(day())),
        ];
        parameters.extend(HistoryQuery::into_params(provider));
        parameters
    }
}

impl IntoParams for HistoryQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let per_page = count(ListEvents::MAX_PER_PAGE, ListEvents::default().per_page);
        vec![
            query("before", "Only events older than the one with this `seq`.", or_empty(integer("A `seq`.", 1))),
            query("per_page", "The number of events per page.", or_empty(per_page)),
        ]
    }
}

impl IntoParams for ImportId {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let id = parameter(ParameterIn::Path, "id", "The `id` of an import.", uuid("A hyphenated UUID."));
        vec![id.required(Required::True).build()]
    }
}

impl IntoParams for Part {
    fn into_params(provider: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let number = integer("Counted from 1.", 1).maximum(Some(Import::MAX_PARTS));
        let number = parameter(ParameterIn::Path, "n", "The number of the part.", number).required(Required::True);
        ImportId::into_params(provider).into_iter().chain([number.build()]).collect()
    }
}

impl IntoParams for ListImportRows {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let outcomes = words(RowOutcome::ALL.iter().map(|outcome| outcome.as_str()));
        let outcome = parameter(ParameterIn::Query, "outcome", "The outcome of the rows.", outcomes);
        let after = integer("A line number.", 0).default(Some(json!(0)));
        vec![
            outcome.required(Required::True).build(),
            query("after", "Only rows after this line of the file.", after),
            query("per_page", "The number of rows per page.", count(Self::MAX_PER_PAGE, Self::PER_PAGE)),
        ]
    }
}

impl IntoParams for RejectedQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let modes = words(ImportMode::ALL.iter().map(|mode| mode.as_str())).default(Some(json!("insert")));
        vec![query("mode", "The mode of applying: `insert` also rejects rows that would update users.", modes)]
    }
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description = "The `ETag` of the user when it was read, or `*` for any version.";
        vec![header("If-Match", description, entity_tags()).required(Required::True).build()]
    }
}

impl IntoParams for OptionalIfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description = "The `ETag` of the user when it was read; any version if omitted.";
        vec![header("If-Match", description, entity_tags()).build()]
    }
}

impl IntoParams for IfNoneMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description = "The `ETag` of an earlier response: 304 without a body if nothing has changed since.";
        let schema = string("One or more entity tags, or `*`.").examples(["W/\"5f2a\""]);
        vec![header("If-None-Match", description, schema).build()]
    }
}

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description = "A unique key that the client chooses for a request. A retry within 24 hours with the same \
                           body gets the stored response, with `Idempotency-Replayed: true`, and changes nothing.";
        let schema = string("Visible ASCII characters.").min_length(Some(1)).max_length(Some(IDEMPOTENCY_KEY_CHARS));
        let schema = schema.pattern(Some("^[!-~]+$")).examples(["3b241101-e2bb-4255-8caf-4136c566a962"]);
        vec![header("Idempotency-Key", description, schema).build()]
    }
}
