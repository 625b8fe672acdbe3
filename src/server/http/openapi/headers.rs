//! Response headers.

use serde_json::json;
use utoipa::openapi::{Header, HeaderBuilder, ObjectBuilder, Ref, Type};

/// The headers that every response may have.
pub const EVERYWHERE: [&str; 3] = ["X-Request-Id", "RateLimit", "RateLimit-Policy"];

/// The headers as components of the document.
pub fn components() -> [(&'static str, Header); 12] {
    [
        text("ETag", "The entity tag, for `If-Match` and `If-None-Match`.", "\"1\""),
        text("Link", "Links (RFC 8288) to other pages of the list.", "</api/v1/users?cursor=…>; rel=\"next\""),
        text("Content-Disposition", "The file name (RFC 6266).", "attachment; filename=\"people.csv\""),
        text("Accept-Encoding", "The accepted encoding of the request body, if another was sent.", "identity"),
        text("Location", "The URL of the new user or import.", "/api/v1/users/01890a5d-ac96-774b-bcce-b302099a8057"),
        number("Retry-After", "The number of seconds to wait before a retry.", 1),
        number("X-Total-Count", "The exact number of users in the whole list, with `count=exact`.", 976),
        text(
            "Idempotency-Replayed",
            "`true`: the response to an earlier request with the same `Idempotency-Key`.",
            "true",
        ),
        text("WWW-Authenticate", "What is wrong with the credentials (RFC 6750).", "Bearer error=\"invalid_token\""),
        text(
            "X-Request-Id",
            "Identifies the request in the log; the client’s value, if it sent one.",
            super::examples::REQUEST_ID,
        ),
        text("RateLimit", "The remaining requests, if a rate limit is configured.", "\"default\";r=59;t=1"),
        text(
            "RateLimit-Policy",
            "The rate limit, if configured: `q` requests in `w` seconds.",
            "\"default\";q=60;w=60",
        ),
    ]
}

/// A reference to one of the components.
pub fn reference(name: &str) -> Ref {
    Ref::new(format!("#/components/headers/{name}"))
}

fn text(name: &'static str, description: &str, example: &str) -> (&'static str, Header) {
    let schema = ObjectBuilder::new().schema_type(Type::String);
    let header = HeaderBuilder::new().description(Some(description)).schema(Some(schema));
    (name, header.example(Some(json!(example))).build())
}

fn number(name: &'static str, description: &str, example: u32) -> (&'static str, Header) {
    let schema = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
    let header = HeaderBuilder::new().description(Some(description)).schema(Some(schema));
    (name, header.example(Some(json!(example))).build())
}
