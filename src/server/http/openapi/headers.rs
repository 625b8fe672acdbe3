//! Response headers.

use serde_json::json;
use utoipa::openapi::{Header, HeaderBuilder, ObjectBuilder, Ref, Type};

/// The headers that every response may have.
pub const EVERYWHERE: [&str; 3] = ["X-Request-Id", "RateLimit", "RateLimit-Policy"];

/// The headers as components of the document.
pub fn components() -> [(&'static str, Header); 12] {
    [
        text("ETag", "The entity tag: what `If-Match` and `If-None-Match` take.", "\"1\""),
        text("Link", "Web links (RFC 8288) to other pages of the list.", "</api/v1/users?cursor=…>; rel=\"next\""),
        text("Content-Disposition", "What the file is called (RFC 6266).", "attachment; filename=\"people.csv\""),
        text("Accept-Encoding", "What encoding of the body is taken, where another was sent.", "identity"),
        text("Location", "Where the new user or import is.", "/api/v1/users/01890a5d-ac96-774b-bcce-b302099a8057"),
        number("Retry-After", "Seconds after which to try again.", 1),
        number("X-Total-Count", "How many users the whole list has, if `count=exact` asked.", 976),
        text(
            "Idempotency-Replayed",
            "`true`: the answer of an earlier request with the same `Idempotency-Key`.",
            "true",
        ),
        text("WWW-Authenticate", "What is wrong with the credentials (RFC 6750).", "Bearer error=\"invalid_token\""),
        text("X-Request-Id", "By it the log is found; the client’s own, if it sent one.", super::examples::REQUEST_ID),
        text("RateLimit", "What is left, where requests are limited.", "\"default\";r=59;t=1"),
        text(
            "RateLimit-Policy",
            "The limit, where there is one: `q` requests in `w` seconds.",
            "\"default\";q=60;w=60",
        ),
    ]
}

/// A reference to one of them.
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
