//! A cached response, as it was sent.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt, Full};

use crate::{domain::AppError, server::http::middleware::request_id};

/// The maximum age of a response, even without a change, so that relative times on a page stay true.
const MAX_AGE: Duration = Duration::from_mins(1);
/// How long requests do not wait for a response that turned out to be uncacheable.
const UNCACHEABLE_AGE: Duration = Duration::from_secs(1);
/// The memory that an entry takes besides its bytes.
const OVERHEAD: usize = 160;

const EMPTY: HeaderValue = HeaderValue::from_static("");

/// Headers that differ between responses. All others are equal in many responses, and stored once.
const OWN: [HeaderName; 5] = [
    header::ETAG,
    header::LINK,
    header::CONTENT_LENGTH,
    header::CONTENT_SECURITY_POLICY,
    HeaderName::from_static("x-total-count"),
];

/// A cached response, or a note that there is none. Cheap to clone.
#[derive(Clone)]
pub struct CachedResponse {
    epoch: u64,
    made: Instant,
    /// `None`: the response is uncacheable, so no request waits for it.
    stored: Option<Arc<Stored>>,
}

struct Stored {
    status: StatusCode,
    /// All headers, with empty values for those in `own` and for the request id.
    common: Arc<HeaderMap>,
    own: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

impl CachedResponse {
    /// Stores a response whose body has at most `max_bytes`, and returns the response.
    pub async fn of(response: Response, epoch: u64, common: &SharedHeaders, max_bytes: usize) -> (Self, Response) {
        let made = Instant::now();
        let is_cacheable = matches!(response.status(), StatusCode::OK | StatusCode::NOT_MODIFIED);
        if !is_cacheable || response.headers().contains_key(header::SET_COOKIE) {
            return (Self { epoch, made, stored: None }, response);
        }
        let (parts, body) = response.into_parts();
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => return (Self { epoch, made, stored: None }, AppError::internal(error).into_response()),
        };
        let mut shared = parts.headers.clone();
        let mut take = |name: &HeaderName| Some((name.clone(), mem::replace(shared.get_mut(name)?, EMPTY)));
        let own = OWN.iter().filter_map(&mut take).collect();
        shared.insert(request_id::NAME, EMPTY);
        let fits = body.len() <= max_bytes;
        let stored = common.intern(shared).filter(|_| fits).map(|common| {
            // Copied, because it may be a part of a larger buffer.
            let body = Bytes::copy_from_slice(&body);
            Arc::new(Stored { status: parts.status, common, own, body })
        });
        (Self { epoch, made, stored }, Response::from_parts(parts, Body::from(body)))
    }

    /// The response, with this request id.
    pub fn response(&self, id: &HeaderValue) -> Option<Response<Full<Bytes>>> {
        let Stored { status, common, own, body } = &**self.stored.as_ref()?;
        let mut response = Response::new(Full::new(body.clone()));
        *response.status_mut() = *status;
        let mut headers = HeaderMap::clone(common);
        // Every header has an entry already; inserting could make a full map grow.
        let own = own.iter().map(|(name, value)| (name, value));
        for (name, value) in own.chain([(&request_id::NAME, id)]) {
            if let Some(place) = headers.get_mut(name) {
                *place = value.clone();
            }
        }
        *response.headers_mut() = headers;
        Some(response)
    }

    /// Whether the response is of another epoch or too old.
    pub fn is_stale(&self, epoch: u64, now: Instant) -> bool {
        let max_age = if self.stored.is_some() { MAX_AGE } else { UNCACHEABLE_AGE };
        self.epoch != epoch || now.duration_since(self.made) > max_age
    }

    pub fn bytes(&self) -> usize {
        let Some(stored) = &self.stored else { return OVERHEAD };
        let own = stored.own.iter().map(|(_, value)| size_of::<(HeaderName, HeaderValue)>() + value.len());
        OVERHEAD + stored.body.len() + own.sum::<usize>()
    }
}

/// Sets of headers that responses share.
#[derive(Default)]
pub struct SharedHeaders(Mutex<Vec<Arc<HeaderMap>>>);

impl SharedHeaders {
    /// The maximum number of sets, which is kinds of responses times encodings.
    const MAX_SETS: usize = 64;

    /// The stored set that equals these headers; `None` when there are too many.
    fn intern(&self, headers: HeaderMap) -> Option<Arc<HeaderMap>> {
        let mut sets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(same) = sets.iter().find(|set| ***set == headers) {
            return Some(same.clone());
        }
        (sets.len() < Self::MAX_SETS).then(|| {
            let headers = Arc::new(headers);
            sets.push(headers.clone());
            headers
        })
    }
}
