//! An answer as it was sent.

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

/// No answer is given for longer, whatever was or was not learned: what a page says of time stays true.
const LONGEST: Duration = Duration::from_mins(1);
/// What cannot be kept is not waited for so long.
const PAUSE: Duration = Duration::from_secs(1);
/// What an entry takes beside its bytes.
const OVERHEAD: usize = 160;

const EMPTY: HeaderValue = HeaderValue::from_static("");

/// Headers that differ from answer to answer. All others are the same in many, and kept once.
const OWN: [HeaderName; 5] = [
    header::ETAG,
    header::LINK,
    header::CONTENT_LENGTH,
    header::CONTENT_SECURITY_POLICY,
    HeaderName::from_static("x-total-count"),
];

/// What is known of an answer. Cheap to clone.
#[derive(Clone)]
pub struct Kept {
    generation: u64,
    made: Instant,
    /// `None`: it is none to be kept, so nobody waits for it to be made.
    answer: Option<Arc<Answer>>,
}

struct Answer {
    status: StatusCode,
    /// All headers; those of `own`, and the id of the request, are empty.
    common: Arc<HeaderMap>,
    own: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

impl Kept {
    /// Takes an answer of so many bytes at most, and gives it back.
    pub async fn of(response: Response, generation: u64, common: &Common, most: usize) -> (Self, Response) {
        let made = Instant::now();
        let is_known = matches!(response.status(), StatusCode::OK | StatusCode::NOT_MODIFIED);
        if !is_known || response.headers().contains_key(header::SET_COOKIE) {
            return (Self { generation, made, answer: None }, response);
        }
        let (parts, body) = response.into_parts();
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => return (Self { generation, made, answer: None }, AppError::internal(error).into_response()),
        };
        let mut shared = parts.headers.clone();
        let mut take = |name: &HeaderName| Some((name.clone(), mem::replace(shared.get_mut(name)?, EMPTY)));
        let own = OWN.iter().filter_map(&mut take).collect();
        shared.insert(request_id::NAME, EMPTY);
        let fits = body.len() <= most;
        let answer = common.one(shared).filter(|_| fits).map(|common| {
            // By itself: it may be a part of a larger buffer.
            let body = Bytes::copy_from_slice(&body);
            Arc::new(Answer { status: parts.status, common, own, body })
        });
        (Self { generation, made, answer }, Response::from_parts(parts, Body::from(body)))
    }

    /// The answer to a request of this id.
    pub fn response(&self, id: &HeaderValue) -> Option<Response<Full<Bytes>>> {
        let Answer { status, common, own, body } = &**self.answer.as_ref()?;
        let mut response = Response::new(Full::new(body.clone()));
        *response.status_mut() = *status;
        let mut headers = HeaderMap::clone(common);
        // Every header has its place already; to insert one would make a full map grow first.
        let own = own.iter().map(|(name, value)| (name, value));
        for (name, value) in own.chain([(&request_id::NAME, id)]) {
            if let Some(place) = headers.get_mut(name) {
                *place = value.clone();
            }
        }
        *response.headers_mut() = headers;
        Some(response)
    }

    /// Whether it tells of another generation, or was made too long before now.
    pub fn is_over(&self, generation: u64, now: Instant) -> bool {
        let longest = if self.answer.is_some() { LONGEST } else { PAUSE };
        self.generation != generation || now.duration_since(self.made) > longest
    }

    pub fn bytes(&self) -> usize {
        let Some(answer) = &self.answer else { return OVERHEAD };
        let own = answer.own.iter().map(|(_, value)| size_of::<(HeaderName, HeaderValue)>() + value.len());
        OVERHEAD + answer.body.len() + own.sum::<usize>()
    }
}

/// The headers that answers share.
#[derive(Default)]
pub struct Common(Mutex<Vec<Arc<HeaderMap>>>);

impl Common {
    /// So many sets of headers are kept: kinds of answers, in each encoding.
    const MOST: usize = 64;

    /// The one that equals these; `None` when there are too many.
    fn one(&self, headers: HeaderMap) -> Option<Arc<HeaderMap>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(same) = known.iter().find(|known| ***known == headers) {
            return Some(same.clone());
        }
        (known.len() < Self::MOST).then(|| {
            let headers = Arc::new(headers);
            known.push(headers.clone());
            headers
        })
    }
}
