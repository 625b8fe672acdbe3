//! Parameters that operations share, and queries that differ from the domain's.
#![expect(dead_code, reason = "these types only describe parameters")]

use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, RefOr, Schema, Type,
        path::{Parameter, ParameterIn},
        schema::AnyOfBuilder,
    },
};

use crate::{
    domain::{FileKind, ImportId, ListEvents, ListUsers, SortField, UserId, UserSort},
    server::services::users::ExportUsers,
};

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct UserPath {
    /// The `id` of a user.
    #[param(inline)]
    id: UserId,
}

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ImportPath {
    /// The `id` of an import.
    #[param(inline)]
    id: ImportId,
}

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PartPath {
    /// The `id` of an import.
    #[param(inline)]
    id: ImportId,
    /// The number of the part, from 1.
    #[param(minimum = 1, maximum = 10_000)]
    n: u64,
}

/// `*`, or entity tags (RFC 9110 section 8.8.3).
#[derive(Debug, ToSchema)]
#[schema(pattern = r#"^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$"#, examples("\"1\"", "*"))]
pub struct EntityTags(String);

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IfMatch {
    /// The `ETag` of the user as it was read, or `*` for any version.
    #[param(rename = "If-Match", inline)]
    if_match: EntityTags,
}

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct OptionalIfMatch {
    /// The `ETag` of the user as it was read; any version if left out.
    #[param(rename = "If-Match", inline, required = false)]
    if_match: EntityTags,
}

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IfNoneMatch {
    /// The `ETag` of an earlier answer, several, or `*`: the answer is 304 without a body while it is unchanged.
    #[param(rename = "If-None-Match", required = false, example = "W/\"5f2a\"")]
    if_none_match: String,
}

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IdempotencyKey {
    /// A key for this request, in visible ASCII characters. Sent again within 24 hours with the same body, the request
    /// is answered as before, with `Idempotency-Replayed: true`, and not executed twice.
    #[param(
        rename = "Idempotency-Key",
        required = false,
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]+$",
        example = "3b241101-e2bb-4255-8caf-4136c566a962"
    )]
    idempotency_key: String,
}

impl ToSchema for UserSort {}

/// Every field, ascending and descending.
impl PartialSchema for UserSort {
    fn schema() -> RefOr<Schema> {
        let both = |field| [false, true].map(|descending| Self { field, descending }.to_string());
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(SortField::ALL.into_iter().flat_map(both)))
            .default(Some(Self::default().to_string().into()))
            .into()
    }
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportFormat {
    /// CSV, JSON Lines or one JSON array; if left out, the one that `Accept` prefers.
    #[param(inline)]
    format: Option<FileKind>,
}

impl IntoParams for ExportUsers {
    fn into_params(provider: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let all = ExportFormat::into_params(|| None).into_iter().chain(ListUsers::into_params(provider));
        all.filter(|parameter| Self::PARAMETERS.contains(&parameter.name.as_str())).collect()
    }
}

/// The query of the audit trail. An empty parameter is no filter, as forms send it.
#[derive(Debug)]
pub struct AuditQuery;

impl IntoParams for AuditQuery {
    fn into_params(provider: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        ListEvents::into_params(provider).into_iter().map(or_empty).collect()
    }
}

/// The query of a user's history: the pages of the audit trail without its filters.
#[derive(Debug)]
pub struct HistoryQuery;

impl IntoParams for HistoryQuery {
    fn into_params(provider: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let all = AuditQuery::into_params(provider).into_iter();
        all.filter(|parameter| ["before", "per_page"].contains(&parameter.name.as_str())).collect()
    }
}

fn or_empty(mut parameter: Parameter) -> Parameter {
    let empty = ObjectBuilder::new().schema_type(Type::String).max_length(Some(0));
    let schema = parameter.schema.take().unwrap_or_else(String::schema);
    parameter.schema = Some(AnyOfBuilder::new().item(schema).item(empty).into());
    parameter
}
