//! What the server takes on at once: so many requests, so much of their bodies, and neither for long
//! from a client that dribbles.

use std::{
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    response::{IntoResponse, Response},
};
use hyper::body::{Frame, SizeHint};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep},
};

use super::boxed::Next;
use crate::{
    domain::{AppError, Cause},
    server::foundation::{limits::BODIES_IN_TRANSIT, telemetry},
};

/// A body has this long, and a second more for each `PACE` bytes that came, up to `AT_MOST`.
const HEAD_START: Duration = Duration::from_secs(10);
const PACE: u64 = 64 * 1024;
const AT_MOST: Duration = Duration::from_secs(25);

/// Beside a request of a connection beyond the limit: it is answered, but not served.
#[derive(Debug, Clone, Copy)]
pub struct Surplus;

/// How much is being done. Cheap to clone: all clones count together.
#[derive(Debug, Clone)]
pub struct Load {
    limit: usize,
    working: Arc<AtomicUsize>,
    bodies: Arc<Semaphore>,
    /// How many were refused.
    refused: Arc<AtomicU64>,
}

/// Turns a request away at once where too many are in flight; it is the outermost that may refuse.
pub async fn admit(load: Load, request: Request, next: Next) -> Response {
    let turn = if request.extensions().get::<Surplus>().is_some() { None } else { load.take_turn() };
    let Some(turn) = turn else {
        load.refuse();
        return AppError::Unavailable(Cause::default()).into_response();
    };
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let fate = Fate::default();
    let request = request.map(|body| Body::new(Upload::new(body, turn.clone(), load.bodies, fate.clone())));
    let response = next.run(request).await;
    // What became of the body says more than what a handler made of it.
    fate.get().map_or(response, |error| error.clone().into_response())
}

impl Load {
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            working: Arc::default(),
            bodies: Arc::new(Semaphore::new(BODIES_IN_TRANSIT)),
            refused: Arc::default(),
        }
    }

    /// How many requests are being worked on.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.working.load(Ordering::Relaxed)
    }

    fn take_turn(&self) -> Option<Arc<Turn>> {
        let turn = Turn { working: self.working.clone(), counts: AtomicBool::new(true) };
        let before = self.working.fetch_add(1, Ordering::Relaxed);
        (before < self.limit).then(|| Arc::new(turn))
    }

    /// The first is told in the log, and then the powers of two: a flood makes no flood there.
    fn refuse(&self) {
        telemetry::shed();
        let refused = self.refused.fetch_add(1, Ordering::Relaxed) + 1;
        if refused.is_power_of_two() {
            tracing::warn!(refused, in_flight = self.in_flight(), "more is asked than may be done at once");
        }
    }
}

/// One of those worked on, until it is dropped; not while it waits for its client.
#[derive(Debug)]
struct Turn {
    working: Arc<AtomicUsize>,
    counts: AtomicBool,
}

impl Turn {
    fn pause(&self) {
        if self.counts.swap(false, Ordering::Relaxed) {
            self.working.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Goes on even where that is one too many: what has begun is finished.
    fn resume(&self) {
        if !self.counts.swap(true, Ordering::Relaxed) {
            self.working.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.pause();
    }
}

/// Why a body did not come.
type Fate = Arc<OnceLock<AppError>>;

/// A body on its way in.
struct Upload {
    body: Body,
    turn: Arc<Turn>,
    fate: Fate,
    begun: Instant,
    received: u64,
    alarm: Pin<Box<Sleep>>,
    /// What this holds of all that may be on its way.
    bodies: Arc<Semaphore>,
    held: Option<OwnedSemaphorePermit>,
}

impl Upload {
    fn new(body: Body, turn: Arc<Turn>, bodies: Arc<Semaphore>, fate: Fate) -> Self {
        let alarm = Box::pin(tokio::time::sleep(HEAD_START));
        Self { body, turn, fate, begun: Instant::now(), received: 0, alarm, bodies, held: None }
    }

    fn take(&mut self, frame: Frame<Bytes>) -> Result<Frame<Bytes>, axum::Error> {
        let length = frame.data_ref().map_or(0, Bytes::len);
        self.received += length as u64;
        let permits = u32::try_from(length).ok().and_then(|n| self.bodies.clone().try_acquire_many_owned(n).ok());
        match (permits, &mut self.held) {
            (None, _) => {
                telemetry::shed();
                return Err(
                    self.fail(AppError::Unavailable(Cause::new("the bodies on their way are too large together")))
                );
            }
            (Some(more), Some(held)) => held.merge(more),
            (permits, held) => *held = permits,
        }
        Ok(frame)
    }

    fn fail(&self, error: AppError) -> axum::Error {
        let told = axum::Error::new(error.clone());
        let _ = self.fate.set(error);
        told
    }
}

/// When all of a body should be there of which so much is.
fn allowed(received: u64) -> Duration {
    (HEAD_START + Duration::from_secs(received / PACE)).min(AT_MOST)
}

impl HttpBody for Upload {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.turn.resume();
            return Poll::Ready(frame.map(|frame| self.take(frame?)));
        }
        self.turn.pause();
        let deadline = self.begun + allowed(self.received);
        self.alarm.as_mut().reset(deadline);
        ready!(self.alarm.as_mut().poll(cx));
        self.turn.resume();
        Poll::Ready(Some(Err(self.fail(AppError::TooSlow))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_ten_seconds_and_one_more_for_every_64_kib_up_to_25() {
        for (received, seconds) in [(0, 10), (65_535, 10), (65_536, 11), (640 * 1024, 20), (10 << 20, 25)] {
            assert_eq!(allowed(received), Duration::from_secs(seconds), "{received}");
        }
    }

    #[test]
    fn who_waits_for_a_body_is_not_counted_and_every_turn_is_given_back() {
        let load = Load::new(1);
        let turn = load.take_turn().unwrap();
        assert!(load.take_turn().is_none());
        turn.pause();
        turn.pause();
        let other = load.take_turn().unwrap();
        turn.resume();
        assert_eq!(load.in_flight(), 2);
        drop((turn, other));
        assert_eq!(load.in_flight(), 0);
    }
}
