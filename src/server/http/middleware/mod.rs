//! The middleware stack, one file per layer; [`router`](super::router) puts them in order.

pub mod access_log;
pub mod authenticate;
pub mod boxed;
pub mod compression;
pub mod cors;
pub mod errors;
pub mod idempotency;
pub mod load_shed;
pub mod options_method;
pub mod rate_limit;
pub mod request_id;
pub mod response_cache;
pub mod security_headers;
pub mod session;
