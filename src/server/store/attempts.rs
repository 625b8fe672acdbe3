use async_trait::async_trait;

use super::row::Moment;
use crate::{
    domain::{AppError, Timestamp},
    server::foundation::secret::Hash,
};

/// Failed sign-in attempts, counted before they are tried, so that concurrent ones count too.
#[async_trait]
pub trait Attempts: Send + Sync {
    /// Counts an attempt as failed. If `limits` have been reached since `since`, it is not counted, and the time of the
    /// oldest attempt that counts is returned.
    async fn begin_attempt(
        &self,
        attempt: &Attempt,
        since: Timestamp,
        limits: AttemptLimits,
    ) -> Result<Option<Timestamp>, AppError>;

    /// Deletes the failed attempts of a client on an account after a success.
    async fn forgive_attempts(&self, client: &str, account: &Hash) -> Result<(), AppError>;
}

#[derive(Debug, Clone)]
pub struct Attempt {
    /// The network of the client.
    pub client: String,
    /// The hash of the e-mail address that was entered.
    pub account: Hash,
    pub at: Timestamp,
}

/// The maximum numbers of failed attempts of one client.
#[derive(Debug, Clone, Copy)]
pub struct AttemptLimits {
    pub on_one_account: u32,
    pub on_all_accounts: u32,
}

/// The number of a client's failed attempts.
#[derive(Debug)]
pub struct CountRow<M> {
    pub on_account: i64,
    pub oldest_on_account: Option<M>,
    pub on_all: i64,
    pub oldest_on_all: Option<M>,
}

/// The oldest of the attempts that reach a limit: once it no longer counts, another may be made.
pub fn oldest_over_limit<M: Moment>(count: CountRow<M>, limits: AttemptLimits) -> Result<Option<Timestamp>, AppError> {
    let oldest = if count.on_account >= i64::from(limits.on_one_account) {
        count.oldest_on_account
    } else if count.on_all >= i64::from(limits.on_all_accounts) {
        count.oldest_on_all
    } else {
        None
    };
    oldest.map(M::stored).transpose()
}
