//! A part of the stack behind one pointer. A layer that is a function takes a clone of all that is below
//! it for each request, and so does the next one below: without this the cost grows with the square of
//! their number.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use axum::middleware::{self, FromFnLayer};
use tower::{Layer, Service, ServiceExt, util::Oneshot};

/// A layer that is a function, over what is below it as one that is cheap to clone.
pub fn function<F, S, T>(state: S, function: F) -> (FromFnLayer<F, S, T>, SharedLayer) {
    (middleware::from_fn_with_state(state, function), SharedLayer)
}

/// Makes what is below it cheap to clone.
#[derive(Debug, Clone, Copy)]
pub struct SharedLayer;

impl<S> Layer<S> for SharedLayer {
    type Service = Shared<S>;

    fn layer(&self, inner: S) -> Shared<S> {
        Shared(Arc::new(inner))
    }
}

/// A service that is cloned where it is called and nowhere else.
#[derive(Debug)]
pub struct Shared<S>(Arc<S>);

impl<S> Clone for Shared<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: Service<R> + Clone, R> Service<R> for Shared<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = Oneshot<S, R>;

    /// Always: the clone that is called waits until it is ready.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: R) -> Self::Future {
        S::clone(&self.0).oneshot(request)
    }
}
