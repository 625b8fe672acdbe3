//! One count for all instances, in Redis.

use std::{fmt, num::NonZeroU32};

use async_trait::async_trait;
use redis::Script;

use super::{Allowance, InProcess, Key, Limiter};
use crate::server::foundation::redis::Redis;

/// The same algorithm as in the process (ITU-T I.371), in one round trip, by the clock of Redis.
/// A key holds when, in microseconds, the last of what was asked for would be due; it goes by itself.
const COUNT: &str = r"
    local a_minute = tonumber(ARGV[1])
    local gap = math.floor(60000000 / a_minute)
    local time = redis.call('time')
    local now = time[1] * 1000000 + time[2]
    local due = math.max(tonumber(redis.call('get', KEYS[1]) or 0), now) + gap
    local room = now + gap * a_minute - due
    if room < 0 then
        return { -1, math.ceil(-room / 1000000) }
    end
    redis.call('set', KEYS[1], string.format('%.0f', due), 'px', math.ceil((due - now) / 1000))
    return { math.floor(room / gap), math.ceil(gap / 1000000) }
";

/// Counts in Redis; while that is away, in this process.
pub struct Shared {
    redis: Redis,
    a_minute: NonZeroU32,
    count: Script,
    alone: InProcess,
}

impl Shared {
    pub fn new(redis: Redis, a_minute: NonZeroU32, alone: InProcess) -> Self {
        Self { redis, a_minute, count: Script::new(COUNT), alone }
    }
}

#[async_trait]
impl Limiter for Shared {
    async fn count(&self, key: &Key) -> Allowance {
        let mut count = self.count.key(name(key));
        count.arg(self.a_minute.get());
        match self.redis.ask(async |redis| count.invoke_async::<(i64, u32)>(redis).await).await {
            Some((remaining, more_in)) => Allowance { remaining: remaining.try_into().ok(), more_in },
            None => self.alone.allow(key),
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
        f.debug_struct("Shared").field("a_minute", &self.a_minute).finish_non_exhaustive()
    }
}
