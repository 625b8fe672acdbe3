//! The limits of the server: sizes, numbers, rates and lifetimes, with the defaults and ranges of those that can be
//! set. Limits that the browser knows, too, are in `domain` with the type that they limit, such as
//! `ListUsers::MAX_PER_PAGE`. Timings inside a mechanism are where the mechanism is.

use std::{num::NonZeroU32, ops::RangeInclusive, time::Duration};

use chrono::TimeDelta;

// Requests

/// The largest request head, in bytes; hyper answers 431 beyond it, as for more than 100 headers.
pub const HEAD_BYTES: usize = 32 * 1024;
/// The largest request body, in bytes.
pub const BODY_LIMIT: usize = 10 * 1024 * 1024;
/// The request bodies that may be in transit at once, all requests together, in bytes.
pub const BODIES_IN_TRANSIT: usize = 256 * 1024 * 1024;
/// How long a body may take: this, plus a second for each `BODY_BYTES_PER_SECOND` received, up to `BODY_TIMEOUT_MAX`.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(10);
pub const BODY_TIMEOUT_MAX: Duration = Duration::from_secs(25);
pub const BODY_BYTES_PER_SECOND: u64 = 64 * 1024;
/// How long a request may take until its response begins.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// The largest number of members of a JSON object in a request body, and the longest name of one. They bound what an
/// error repeats.
pub const JSON_MEMBERS: usize = 32;
pub const JSON_NAME_CHARS: usize = 200;
/// The longest `X-Request-Id`.
pub const REQUEST_ID_CHARS: usize = 128;
/// The longest `Idempotency-Key`.
pub const IDEMPOTENCY_KEY_CHARS: usize = 255;
/// How long the response to an `Idempotency-Key` is kept.
pub const IDEMPOTENCY_KEY_RETENTION: TimeDelta = TimeDelta::hours(24);
/// The characters of `User-Agent` that are kept.
pub const USER_AGENT_CHARS: usize = 200;
/// API and form requests a minute, if they are limited.
pub const RATE_RANGE: RangeInclusive<i64> = 1..=1_000_000;

// Connections

/// The maximum number of open connections.
pub const CONNECTIONS: u32 = 16_384;
pub const CONNECTIONS_RANGE: RangeInclusive<i64> = 1..=1_000_000;
/// The maximum number of connections beyond the maximum that are answered with 503.
pub const OVER_CAPACITY: usize = 64;
/// The maximum number of connections to the metrics listener.
pub const METRICS_CONNECTIONS: usize = 64;
/// The maximum number of concurrent requests on one HTTP/2 connection.
pub const HTTP2_STREAMS: u32 = 100;
/// The maximum number of requests in flight.
pub const IN_FLIGHT: u32 = 512;
pub const IN_FLIGHT_RANGE: RangeInclusive<i64> = 1..=100_000;
/// Until the first byte of a request, in seconds.
pub const IDLE_TIMEOUT: u32 = 75;
pub const IDLE_TIMEOUT_RANGE: RangeInclusive<i64> = 1..=86_400;
/// From the first byte of a request to the end of its head.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Without the client reading any of the pending response.
pub const STALL_TIMEOUT: Duration = Duration::from_secs(20);
/// In seconds.
pub const SHUTDOWN_DELAY_RANGE: RangeInclusive<i64> = 0..=3_600;
/// The maximum number of open event streams.
pub const EVENT_STREAMS: u32 = 10_000;
/// The longest event stream, after which the client has to authenticate again.
pub const EVENT_STREAM_MAX_DURATION: TimeDelta = TimeDelta::minutes(30);

// Storage

/// The maximum number of connections to PostgreSQL.
pub const DATABASE_CONNECTIONS: NonZeroU32 = NonZeroU32::new(16).unwrap();
pub const DATABASE_CONNECTIONS_RANGE: RangeInclusive<u32> = 2..=1_000;
/// The size of the response cache, in MiB.
pub const CACHE_MIB: u32 = 64;
pub const CACHE_MIB_RANGE: RangeInclusive<i64> = 0..=65_536;
/// Days until an event of the audit trail is deleted.
pub const AUDIT_DAYS: u32 = 365;
/// Days until a deleted user is erased.
pub const TRASH_DAYS: u32 = 30;
/// The range of both.
pub const DAYS_RANGE: RangeInclusive<i64> = 1..=36_500;

// The directory

/// The maximum number of operations in a batch, which limits how long other writers wait for its transaction.
pub const BATCH_OPERATIONS: usize = 1_000;
/// The maximum number of imports in the list.
pub const LISTED_IMPORTS: u32 = 100;
/// The maximum number of rows that the estimate of a total reads; with fewer the total is exact.
pub const COUNTED: i64 = 10_001;

// Sign-in

/// In Unicode scalar values. NIST SP 800-63B section 5.1.1.2 requires 15 for single-factor authentication.
pub const PASSWORD_CHARS: RangeInclusive<usize> = 15..=128;
/// The maximum number of failed sign-ins per client, on one account and on all. Counting per client keeps an attacker
/// from locking out a user who signs in from elsewhere.
pub const SIGN_IN_FAILURES_ON_ONE_ACCOUNT: u32 = 5;
pub const SIGN_IN_FAILURES_ON_ALL_ACCOUNTS: u32 = 50;
/// How long a failed attempt counts.
pub const SIGN_IN_FAILURE_WINDOW: TimeDelta = TimeDelta::minutes(15);
/// How long after its last use a session expires.
pub const SESSION_IDLE: TimeDelta = TimeDelta::hours(12);
/// How long after the sign-in a session expires even if it is used.
pub const SESSION_MAX_AGE: TimeDelta = TimeDelta::days(30);
/// How long the previous secret of a session stays valid after the role has changed.
pub const SESSION_RENEWAL_GRACE: TimeDelta = TimeDelta::seconds(30);
pub const SETUP_LINK_LIFETIME: TimeDelta = TimeDelta::minutes(30);
pub const INVITATION_LIFETIME: TimeDelta = TimeDelta::days(3);
/// The longest lifetime of an API token that expires, in days.
pub const TOKEN_DAYS: u32 = 3_650;
