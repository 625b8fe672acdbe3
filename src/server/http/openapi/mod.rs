//! The OpenAPI 3.1 document, generated from the REST handlers.

pub(super) mod answers;
pub(super) mod examples;
mod headers;
pub(super) mod parameters;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, RefOr, Server,
        path::Operation,
        schema::ComponentsBuilder,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
        tag::{Tag, TagBuilder},
    },
};
use utoipa_axum::router::UtoipaMethodRouter;

use self::answers::Problem;
use super::state::AppState;

const ABOUT: &str = "\
A user directory. Bodies are JSON in UTF-8; moments are RFC 3339 in UTC.

A request shows an API token, `Authorization: Bearer rc_…`, which an admin makes, or the cookie of somebody who has \
signed in. Where the directory is open, anybody may read active users.

An error is `application/problem+json` (RFC 9457) and names each bad field in `errors`. A parameter or a field that \
does not exist is an error, too. Every answer carries `X-Request-Id`; a client may name its request by the same header.

A user is changed in the version that was seen: `PUT` and `PATCH` need `If-Match`, `DELETE` and restoring take it. A \
`POST` with an `Idempotency-Key` may be sent again without being done twice. `OPTIONS` tells what an address takes, \
and another method is answered 405 with `Allow`. Where requests are limited, `RateLimit` tells what is left.";

/// The document of the operations of `rest`.
#[must_use]
pub fn document(operations: Vec<UtoipaMethodRouter<AppState>>) -> OpenApi {
    let info = InfoBuilder::new().title("Rollcall").version(env!("CARGO_PKG_VERSION")).description(Some(ABOUT));
    let tags = [
        tag("Users", "The people of the directory."),
        tag("Imports", "People from files: looked at first, applied as one, undone as one."),
        tag("Audit", "What was done, by whom and when."),
    ];
    let mut document = OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new("/api/v1")]))
        .components(Some(components()))
        .tags(Some(tags))
        .build();
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    for (named, paths, _) in operations {
        schemas.extend(named);
        document.paths.merge(paths);
    }
    if let Some(components) = &mut document.components {
        components.schemas.extend(schemas);
    }
    refer_to_headers(&mut document);
    document
}

fn tag(name: &str, description: &str) -> Tag {
    TagBuilder::new().name(name).description(Some(description)).build()
}

fn components() -> Components {
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("rc_…")
        .description(Some("An API token. Its scopes say what it may: `users:read`, `users:write`, `admin`."));
    let about_session = "The cookie of somebody signed in; their role says what they may: each of `viewer`, `editor` \
                         and `admin` may what the one before it may. Without TLS it is called `rollcall`.";
    let session = ApiKey::Cookie(ApiKeyValue::with_description("__Host-rollcall", about_session));
    let components = ComponentsBuilder::new()
        .responses_from_iter(answers::components())
        .security_scheme("token", SecurityScheme::Http(token.build()))
        .security_scheme("session", SecurityScheme::ApiKey(session));
    headers::components()
        .into_iter()
        .fold(components, |components, (name, header)| components.header(name, header))
        .build()
}

/// Replaces the headers that handlers name by references, and adds the common ones to every response.
fn refer_to_headers(document: &mut OpenApi) {
    let shared = document.components.iter_mut().flat_map(|components| components.responses.values_mut());
    let own = document
        .paths
        .paths
        .values_mut()
        .flat_map(operations)
        .flat_map(|operation| operation.responses.responses.values_mut());
    for answer in shared.chain(own) {
        if let RefOr::T(answer) = answer {
            let named: Vec<_> = answer.headers.keys().cloned().collect();
            for name in named.into_iter().chain(headers::EVERYWHERE.map(str::to_owned)) {
                let reference = headers::reference(&name);
                answer.headers.insert(name, RefOr::Ref(reference));
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let methods = [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
    methods.into_iter().flatten()
}
