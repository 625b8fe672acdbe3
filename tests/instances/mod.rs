//! What several instances share.

mod feed;
mod rate_limit;
mod slow_reader;
mod stream;
mod watchers;
