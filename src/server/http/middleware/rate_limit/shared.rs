//! Rate limiting shared by all instances, in Redis.

use std::{fmt, num::NonZeroU32};

use async_trait::async_trait;
use redis::Script;

use super::{Allowance, InProcess, Key, Limiter};
use crate::server::foundation::redis::Redis;

/// The generic cell rate algorithm (ITU-T I.371), as within a process, in one round trip and by the clock of Redis.
/// A key holds the theoretical arrival time in microseconds, and expires by itself.
const COUNT: &str = r"
    local per_minute = tonumber(ARGV[1])
    local gap = math.floor(60000000 / per_minute)
    local time = redis.call('time')
    local now = time[1] * 1000000 + time[2]
    local due = math.max(tonumber(redis.call('get', KEYS[1]) or 0), now) + gap
    local room = now + gap * per_minute - due
    if room < 0 then
        return { -1, math.ceil(-room / 1000000) }
    end
    redis.call('set', KEYS[1], string.format('%.0f', due), 'px', math.ceil((due - now) / 1000))
    return { math.floor(room / gap), math.ceil(gap / 1000000) }
";

/// Counts in Redis, and in this process while Redis is unavailable.
pub struct Shared {
    redis: Redis,
    per_minute: NonZeroU32,
    count: Script,
    local: InProcess,
}

impl Shared {
    pub fn new(redis: Redis, per_minute: NonZeroU32, local: InProcess) -> Self {
        Self { redis, per_minute, count: Script::new(COUNT), local }
    }
}

#[async_trait]
impl Limiter for Shared {
    async fn count(&self, key: &Key) -> Allowance {
        let mut count = self.count.key(name(key));
        count.arg(self.per_minute.get());
        match self.redis.run(async |redis| count.invoke_async::<(i64, u32)>(redis).await).await {
            Some((remaining, reset_in)) => Allowance { remaining: remaining.try_into().ok(), reset_in },
            None => self.local.allow(key),
        }
    }
}

fn name(key: &Key) -> Vec<u8> {
    match key {
        Key::Token(hash) => [b"rollcall:limit:token:", hash.as_slice()].concat(),
        Key::Client(network) => [b"rollcall:limit:client:", network.as_bytes()].concat(),
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("per_minute", &self.per_minute).finish_non_exhaustive()
    }
}
