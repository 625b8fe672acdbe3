//! Request ids, returned in the response and written to the log.

use std::cell::RefCell;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Request};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};
use tower_http::request_id::{MakeRequestId, RequestId};
use uuid::{Builder, Uuid};

use crate::server::foundation::limits::REQUEST_ID_CHARS;

pub const NAME: HeaderName = HeaderName::from_static("x-request-id");

thread_local! {
    /// Ids are not secret, so a generator seeded once replaces a system call per id.
    static RANDOM: RefCell<ChaCha8Rng> = RefCell::new(ChaCha8Rng::from_seed(seed()));
}

/// Makes random UUIDs (RFC 9562 section 5.4).
#[derive(Debug, Clone, Copy)]
pub struct RandomId;

impl MakeRequestId for RandomId {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        Some(RequestId::new(new()?))
    }
}

/// Drops a client's request id unless it has up to `REQUEST_ID_CHARS` characters that are safe in a log.
pub fn drop_invalid<B>(mut request: Request<B>) -> Request<B> {
    if request.headers().get(NAME).is_some_and(|id| !is_valid(id)) {
        request.headers_mut().remove(NAME);
    }
    request
}

/// The client's id of a request, or else a new one.
pub fn of(headers: &HeaderMap) -> Option<HeaderValue> {
    headers.get(NAME).filter(|id| is_valid(id)).cloned().or_else(new)
}

fn new() -> Option<HeaderValue> {
    let mut random = [0; 16];
    RANDOM.with_borrow_mut(|rng| rng.fill_bytes(&mut random));
    let id = Builder::from_random_bytes(random).into_uuid();
    HeaderValue::from_str(id.hyphenated().encode_lower(&mut Uuid::encode_buffer())).ok()
}

fn seed() -> [u8; 32] {
    let (one, other) = (Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes());
    std::array::from_fn(|at| if at < 16 { one[at] } else { other[at - 16] })
}

fn is_valid(id: &HeaderValue) -> bool {
    (1..=REQUEST_ID_CHARS).contains(&id.len())
        && id.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte))
}
