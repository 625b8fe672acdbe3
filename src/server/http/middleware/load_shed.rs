//! Load shedding: limits the requests in flight and the bytes of request bodies in transit, answers 503 beyond them,
//! and ends bodies that arrive too slowly.

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
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use hyper::body::{Frame, SizeHint};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep},
};

use crate::{
    domain::{AppError, Cause},
    server::foundation::{
        limits::{BODIES_IN_TRANSIT, BODY_BYTES_PER_SECOND, BODY_TIMEOUT, BODY_TIMEOUT_MAX},
        telemetry,
    },
};

/// Extension of a request whose connection is over the limit: it is answered with 503.
#[derive(Debug, Clone, Copy)]
pub struct OverCapacity;

/// The current load. Cheap to clone: all clones share the counters.
#[derive(Debug, Clone)]
pub struct Load {
    limit: usize,
    in_flight: Arc<AtomicUsize>,
    bodies: Arc<Semaphore>,
    /// The number of requests refused.
    refused: Arc<AtomicU64>,
}

/// Middleware: refuses a request when too many are in flight. It is the outermost layer that may refuse.
pub async fn shed_load(State(load): State<Load>, request: Request, next: Next) -> Response {
    let permit = if request.extensions().get::<OverCapacity>().is_some() { None } else { load.try_acquire() };
    let Some(permit) = permit else {
        load.refuse();
        return AppError::Unavailable(Cause::default()).into_response();
    };
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let failure = Failure::default();
    let request = request.map(|body| Body::new(Upload::new(body, permit.clone(), load.bodies, failure.clone())));
    let response = next.run(request).await;
    // The failure of the body is more precise than the error that a handler made of it.
    failure.get().map_or(response, |error| error.clone().into_response())
}

impl Load {
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            in_flight: Arc::default(),
            bodies: Arc::new(Semaphore::new(BODIES_IN_TRANSIT)),
            refused: Arc::default(),
        }
    }

    /// The number of requests in flight.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    fn try_acquire(&self) -> Option<Arc<Permit>> {
        let permit = Permit { in_flight: self.in_flight.clone(), counts: AtomicBool::new(true) };
        let before = self.in_flight.fetch_add(1, Ordering::Relaxed);
        (before < self.limit).then(|| Arc::new(permit))
    }

    /// Counts a refusal. Only the 1st, 2nd, 4th, 8th … is logged, so that overload does not flood the log.
    fn refuse(&self) {
        telemetry::shed();
        let refused = self.refused.fetch_add(1, Ordering::Relaxed) + 1;
        if refused.is_power_of_two() {
            tracing::warn!(refused, in_flight = self.in_flight(), "too many requests in flight");
        }
    }
}

/// A permit for one request in flight, held until it is dropped. It does not count while it waits for its client.
#[derive(Debug)]
struct Permit {
    in_flight: Arc<AtomicUsize>,
    counts: AtomicBool,
}

impl Permit {
    fn pause(&self) {
        if self.counts.swap(false, Ordering::Relaxed) {
            self.in_flight.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Counts again, even beyond the limit: a request that was admitted is finished.
    fn resume(&self) {
        if !self.counts.swap(true, Ordering::Relaxed) {
            self.in_flight.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.pause();
    }
}

/// Why reading a body failed.
type Failure = Arc<OnceLock<AppError>>;

/// A request body in transit.
struct Upload {
    body: Body,
    permit: Arc<Permit>,
    failure: Failure,
    started: Instant,
    received: u64,
    timer: Pin<Box<Sleep>>,
    /// Limits the bytes in transit of all bodies together.
    bodies: Arc<Semaphore>,
    held: Option<OwnedSemaphorePermit>,
}

impl Upload {
    fn new(body: Body, permit: Arc<Permit>, bodies: Arc<Semaphore>, failure: Failure) -> Self {
        let timer = Box::pin(tokio::time::sleep(BODY_TIMEOUT));
        Self { body, permit, failure, started: Instant::now(), received: 0, timer, bodies, held: None }
    }

    fn take(&mut self, frame: Frame<Bytes>) -> Result<Frame<Bytes>, axum::Error> {
        let length = frame.data_ref().map_or(0, Bytes::len);
        self.received += length as u64;
        let permits = u32::try_from(length).ok().and_then(|n| self.bodies.clone().try_acquire_many_owned(n).ok());
        match (permits, &mut self.held) {
            (None, _) => {
                telemetry::shed();
                return Err(self.fail(AppError::Unavailable(Cause::new("too many bytes of request bodies in transit"))));
            }
            (Some(more), Some(held)) => held.merge(more),
            (permits, held) => *held = permits,
        }
        Ok(frame)
    }

    fn fail(&self, error: AppError) -> axum::Error {
        let failed = axum::Error::new(error.clone());
        let _ = self.failure.set(error);
        failed
    }
}

/// The time limit of a body of which this many bytes have been received.
fn allowed(received: u64) -> Duration {
    (BODY_TIMEOUT + Duration::from_secs(received / BODY_BYTES_PER_SECOND)).min(BODY_TIMEOUT_MAX)
}

impl HttpBody for Upload {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.permit.resume();
            return Poll::Ready(frame.map(|frame| self.take(frame?)));
        }
        self.permit.pause();
        let deadline = self.started + allowed(self.received);
        self.timer.as_mut().reset(deadline);
        ready!(self.timer.as_mut().poll(cx));
        self.permit.resume();
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
    fn a_body_may_take_ten_seconds_plus_one_per_64_kib_up_to_25() {
        for (received, seconds) in [(0, 10), (65_535, 10), (65_536, 11), (640 * 1024, 20), (10 << 20, 25)] {
            assert_eq!(allowed(received), Duration::from_secs(seconds), "{received}");
        }
    }

    #[test]
    fn a_request_that_waits_for_its_body_is_not_counted_and_every_permit_is_returned() {
        let load = Load::new(1);
        let permit = load.try_acquire().unwrap();
        assert!(load.try_acquire().is_none());
        permit.pause();
        permit.pause();
        let other = load.try_acquire().unwrap();
        permit.resume();
        assert_eq!(load.in_flight(), 2);
        drop((permit, other));
        assert_eq!(load.in_flight(), 0);
    }
}
