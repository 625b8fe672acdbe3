use async_trait::async_trait;

use super::row::Moment;
use crate::{
    domain::{AppError, Timestamp},
    server::foundation::secret::Hash,
};

/// Sign-ins that failed, counted before they are tried, so that many at once count too.
#[async_trait]
pub trait Attempts: Send + Sync {
    /// Counts an attempt as failed, unless `limits` are reached since `since`: then it is not
    /// counted, and the answer is the oldest attempt that stands in the way.
    async fn begin_attempt(
        &self,
        attempt: &Attempt,
        since: Timestamp,
        limits: Limits,
    ) -> Result<Option<Timestamp>, AppError>;

    /// Forgets the attempts of a client on an account, after one that succeeded.
    async fn forgive_attempts(&self, client: &str, account: &Hash) -> Result<(), AppError>;
}

#[derive(Debug, Clone)]
pub struct Attempt {
    /// The network that a client is known by.
    pub client: String,
    /// The hash of the address that was typed.
    pub account: Hash,
    pub at: Timestamp,
}

/// How many attempts of one client may fail.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub on_one_account: u32,
    pub on_all_accounts: u32,
}

/// The attempts of a client, counted.
#[derive(Debug)]
pub struct CountRow<M> {
    pub on_account: i64,
    pub oldest_on_account: Option<M>,
    pub on_all: i64,
    pub oldest_on_all: Option<M>,
}

/// The oldest of the attempts that reach a limit; once it is forgotten, there may be another.
pub fn in_the_way<M: Moment>(count: CountRow<M>, limits: Limits) -> Result<Option<Timestamp>, AppError> {
    let oldest = if count.on_account >= i64::from(limits.on_one_account) {
        count.oldest_on_account
    } else if count.on_all >= i64::from(limits.on_all_accounts) {
        count.oldest_on_all
    } else {
        None
    };
    oldest.map(M::stored).transpose()
}
