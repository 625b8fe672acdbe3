//! Request bodies in transit: their bytes are limited together, and a slow body is ended.

use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep},
};

use super::Permit;
use crate::{
    domain::{AppError, Cause},
    server::foundation::{
        limits::{BODY_BYTES_PER_SECOND, BODY_TIMEOUT, BODY_TIMEOUT_MAX},
        telemetry,
    },
};

/// The reason that a body could not be read, once that has happened.
pub type Failure = Arc<OnceLock<AppError>>;

/// A request body in transit.
pub struct Upload {
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
    pub fn new(body: Body, permit: Arc<Permit>, bodies: Arc<Semaphore>, failure: Failure) -> Self {
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
}
