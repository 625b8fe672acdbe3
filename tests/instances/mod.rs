//! What several instances share.

mod feed;
mod rate_limit;
mod stream;
mod watchers;
