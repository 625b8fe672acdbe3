//! What several instances share.

mod rate_limit;
