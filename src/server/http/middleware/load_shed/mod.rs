//! Load shedding: limits the requests in flight and the bytes of request bodies in transit, and answers 503 beyond
//! them. Module `upload` also ends bodies that arrive too slowly.

mod upload;

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};

use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::sync::Semaphore;

use self::upload::{Failure, Upload};
use crate::{
    domain::{AppError, Cause},
    server::foundation::{limits::BODIES_IN_TRANSIT, telemetry},
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

#[cfg(test)]
mod tests {
    use super::*;

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
