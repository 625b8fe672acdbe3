//! The OpenAPI 3.1 document, generated from the REST handlers.

mod errors;
pub(super) mod examples;
mod headers;
pub(super) mod parameters;
pub(super) mod responses;
pub(super) mod schemas;

use utoipa::openapi::{
    Components, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, RefOr, Server,
    path::Operation,
    schema::ComponentsBuilder,
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    tag::{Tag, TagBuilder},
};

use utoipa_axum::router::UtoipaMethodRouter;

use super::state::AppState;

const ABOUT: &str = "\
Use this API to look up people in the directory, to keep them up to date from other systems, to import and export them \
as files, and to read the audit trail. People are called users here. The pages use the same rules and permissions.

Authenticate with an API token (`Authorization: Bearer rc_…`), which an admin creates, or with the session cookie of a \
signed-in user. With `--anonymous read`, anyone can read active users.

Bodies are JSON in UTF-8, and times are RFC 3339 in UTC. Errors are `application/problem+json` (RFC 9457) and list each \
invalid field in `errors`; unknown parameters and fields are errors too. Every response has an `X-Request-Id`, which \
identifies the request in the log; a client can choose it by sending the same header.

Optimistic concurrency: `PUT` and `PATCH` require `If-Match`, `DELETE` and restore accept it. A \
`POST` with an `Idempotency-Key` can be retried safely. `OPTIONS` returns the methods of a path in `Allow`; \
other methods get 405. If a rate limit is configured, `RateLimit` has the remaining requests.";

/// The document of the operations of `rest`.
#[must_use]
pub fn document(operations: Vec<UtoipaMethodRouter<AppState>>) -> OpenApi {
    let info = InfoBuilder::new().title("Rollcall").version(env!("CARGO_PKG_VERSION")).description(Some(ABOUT));
    let tags = [
        tag("Users", "The people in the directory."),
        tag("Imports", "Imports of people from files: you see a preview, then apply or undo the whole file."),
        tag("Audit", "The audit trail: every action with its actor, time and changes."),
    ];
    let mut document = OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new("/api/v1")]))
        .components(Some(components()))
        .tags(Some(tags))
        .build();
    for (_, paths, _) in operations {
        document.paths.merge(paths);
    }
    add_headers(&mut document);
    document
}

fn tag(name: &str, description: &str) -> Tag {
    TagBuilder::new().name(name).description(Some(description)).build()
}

fn components() -> Components {
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("rc_…")
        .description(Some("An API token. Its scopes limit what it can do: `users:read`, `users:write`, `admin`."));
    let about_session = "The session cookie of a signed-in user. The role decides: each of `viewer`, `editor` \
                         and `admin` includes the one before it. Without TLS the cookie is named `rollcall`.";
    let session = ApiKey::Cookie(ApiKeyValue::with_description("__Host-rollcall", about_session));
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas::all())
        .responses_from_iter(errors::components())
        .security_scheme("token", SecurityScheme::Http(token.build()))
        .security_scheme("session", SecurityScheme::ApiKey(session));
    headers::components()
        .into_iter()
        .fold(components, |components, (name, header)| components.header(name, header))
        .build()
}

/// Adds the common headers to every response.
fn add_headers(document: &mut OpenApi) {
    let shared = document.components.iter_mut().flat_map(|components| components.responses.values_mut());
    let own = document
        .paths
        .paths
        .values_mut()
        .flat_map(operations)
        .flat_map(|operation| operation.responses.responses.values_mut());
    for answer in shared.chain(own) {
        if let RefOr::T(answer) = answer {
            for name in headers::EVERYWHERE {
                answer.headers.insert(name.to_owned(), RefOr::Ref(headers::reference(name)));
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let methods = [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
    methods.into_iter().flatten()
}
