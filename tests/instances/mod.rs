//! State shared between instances.

use std::time::Duration;

mod accounts;
mod balancer;
mod clients;
mod feed;
mod fixture;
mod rate_limit;
mod slow_reader;
mod stream;
mod stream_authorization;
mod writers;

/// Longer than an instance's polling interval.
const SILENCE: Duration = Duration::from_millis(1_200);
