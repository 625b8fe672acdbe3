use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    domain::{AppError, Timestamp, User},
    server::foundation::secret::Hash,
};

/// What is known of requests that came with an `Idempotency-Key`.
#[async_trait]
pub trait IdempotencyKeys: Send + Sync {
    /// Begins a request, or answers what is known of its key: of many at once, one begins. A key
    /// in flight since `abandoned` or longer that has done nothing, or known since `forgotten` or
    /// longer, is as if new.
    async fn begin_request(
        &self,
        request: &KeyedRequest,
        abandoned: Timestamp,
        forgotten: Timestamp,
    ) -> Result<Option<KnownRequest>, AppError>;

    /// Keeps the answer of a request that is in flight still. Answers whether it was: one that
    /// another has taken over leaves nothing.
    async fn finish_request(&self, request: &KeyedRequest, answer: &KeptAnswer) -> Result<bool, AppError>;

    /// Forgets a request that is in flight still and has done nothing: its key is free again.
    async fn release_request(&self, request: &KeyedRequest) -> Result<(), AppError>;

    /// Forgets up to `limit` of the oldest requests that began before a moment. Answers how many.
    async fn prune_requests(&self, before: Timestamp, limit: u32) -> Result<u64, AppError>;
}

/// A request with a key. When it began tells it from others with the same key: another begins
/// later or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedRequest {
    /// Whose key it is.
    pub actor: String,
    pub key: Hash,
    /// The hash of all that must be the same when it is sent again.
    pub request: Hash,
    pub at: Timestamp,
}

/// The request that had a key before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRequest {
    pub request: Hash,
    /// `None`: it is in flight, or was when Rollcall ended.
    pub answer: Option<KeptAnswer>,
    /// What was done for it, while there is no answer: the users as they were then.
    pub done: Option<Vec<User>>,
}

/// An answer to give again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

impl KeptAnswer {
    /// What is stored of the headers.
    ///
    /// # Errors
    /// `Internal`.
    pub fn headers_json(&self) -> Result<String, AppError> {
        serde_json::to_string(&self.headers).map_err(AppError::internal)
    }
}

/// A row of `idempotency_keys`.
#[derive(Debug)]
pub struct KeyRow {
    pub request_hash: Vec<u8>,
    pub status: Option<i64>,
    pub headers: Option<String>,
    pub body: Option<Vec<u8>>,
    pub outcome: Option<String>,
}

/// What is stored of the users that a request was about.
///
/// # Errors
/// `Internal`.
pub fn outcome_json(users: &[User]) -> Result<String, AppError> {
    serde_json::to_string(users).map_err(AppError::internal)
}

impl TryFrom<KeyRow> for KnownRequest {
    type Error = AppError;

    fn try_from(row: KeyRow) -> Result<Self, AppError> {
        let request = Hash::try_from(row.request_hash);
        let request = request.map_err(|_| AppError::internal("a stored hash has the wrong length"))?;
        let answer = match (row.status, row.headers, row.body) {
            (Some(status), Some(headers), Some(body)) => Some(KeptAnswer {
                status: u16::try_from(status).map_err(AppError::internal)?,
                headers: serde_json::from_str(&headers).map_err(AppError::internal)?,
                body: body.into(),
            }),
            _ => None,
        };
        let done = row.outcome.as_deref().map(serde_json::from_str).transpose().map_err(AppError::internal)?;
        Ok(Self { request, answer, done })
    }
}
