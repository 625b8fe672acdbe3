use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    domain::{AppError, Timestamp, User},
    server::foundation::secret::Hash,
};

/// The requests that came with an `Idempotency-Key`.
#[async_trait]
pub trait IdempotencyKeys: Send + Sync {
    /// Begins a request, or returns the earlier request with its key: of concurrent ones, one begins. A key is free
    /// again if its request has been in flight since before `abandoned` without an outcome, or was made before
    /// `forgotten`.
    async fn begin_request(
        &self,
        request: &KeyedRequest,
        abandoned: Timestamp,
        forgotten: Timestamp,
    ) -> Result<Option<KnownRequest>, AppError>;

    /// Saves the answer of a request that is still in flight. Returns whether it did: if the key was taken over, the
    /// answer is not saved.
    async fn finish_request(&self, request: &KeyedRequest, answer: &StoredResponse) -> Result<bool, AppError>;

    /// Frees the key of a request that is still in flight and has no outcome.
    async fn release_request(&self, request: &KeyedRequest) -> Result<(), AppError>;

    /// Deletes up to `limit` of the oldest requests that began before a time. Returns their number.
    async fn prune_requests(&self, before: Timestamp, limit: u32) -> Result<u64, AppError>;
}

/// A request with a key. Its time distinguishes it from later requests that take over the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedRequest {
    /// The owner of the key.
    pub actor: String,
    pub key: Hash,
    /// The hash of everything that must be the same in a retry.
    pub request: Hash,
    pub at: Timestamp,
}

/// An earlier request with the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRequest {
    pub request: Hash,
    /// `None` while it is in flight, or if it was in flight when Rollcall stopped.
    pub answer: Option<StoredResponse>,
    /// Its outcome while there is no answer: the users as they were after it.
    pub done: Option<Vec<User>>,
}

/// An answer to replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    pub status: u16,
    /// Name and value of each header.
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

impl StoredResponse {
    /// The headers as they are stored.
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

/// The outcome of a request as it is stored.
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
            (Some(status), Some(headers), Some(body)) => Some(StoredResponse {
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
