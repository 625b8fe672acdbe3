//! Layers made from async functions. axum's `from_fn` clones and boxes the inner service for each request; here the
//! inner service is shared through one `Arc`, and only its response future is boxed.

use std::{
    convert::Infallible,
    fmt,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use futures::{
    FutureExt,
    future::{BoxFuture, Map},
};
use tower::{Layer, Service, ServiceExt};

/// Makes a layer from an async function of a state, the request and the next service.
pub fn layer_fn<S, F>(state: S, function: F) -> BoxedLayer<S, F> {
    BoxedLayer { state, function }
}

#[derive(Debug, Clone)]
pub struct BoxedLayer<S, F> {
    state: S,
    function: F,
}

impl<S: Clone, F: Clone, I: InnerService> Layer<I> for BoxedLayer<S, F> {
    type Service = Boxed<S, F>;

    fn layer(&self, inner: I) -> Self::Service {
        let Self { state, function } = self.clone();
        Boxed(Arc::new(Parts { state, function, next: Next(Arc::new(inner)) }))
    }
}

/// The service of a [`BoxedLayer`]. Cheap to clone.
pub struct Boxed<S, F>(Arc<Parts<S, F>>);

struct Parts<S, F> {
    state: S,
    function: F,
    next: Next,
}

impl<S, F, A> Service<Request> for Boxed<S, F>
where
    S: Clone,
    F: Fn(S, Request, Next) -> A,
    A: Future<Output = Response>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Map<A, fn(Response) -> Result<Response, Infallible>>;

    /// Always ready: the inner service is polled for readiness when it is called.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Parts { state, function, next } = &*self.0;
        function(state.clone(), request, next.clone()).map(Ok)
    }
}

impl<S, F> Clone for Boxed<S, F> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: fmt::Debug, F> fmt::Debug for Boxed<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Boxed").field("state", &self.0.state).finish_non_exhaustive()
    }
}

/// The inner service, to which a function passes a request on. Cheap to clone.
#[derive(Clone)]
pub struct Next(Arc<dyn InnerService>);

impl Next {
    pub fn run(self, request: Request) -> BoxFuture<'static, Response> {
        self.0.run(request)
    }

    /// Runs the inner service with one more layer around it, for requests that need the layer.
    pub async fn through<L, B>(self, layer: L, request: Request) -> Response
    where
        L: Layer<Self, Service: Service<Request, Response = Response<B>, Error = Infallible>>,
        Response<B>: IntoResponse,
    {
        match layer.layer(self).oneshot(request).await {
            Ok(response) => response.into_response(),
            Err(never) => match never {},
        }
    }
}

impl Service<Request> for Next {
    type Response = Response;
    type Error = Infallible;
    type Future = Map<BoxFuture<'static, Response>, fn(Response) -> Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        self.0.run(request).map(Ok)
    }
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").finish_non_exhaustive()
    }
}

/// An inner service of any type. It is cloned only when it is called.
pub trait InnerService: Send + Sync + 'static {
    fn run(&self, request: Request) -> BoxFuture<'static, Response>;
}

impl<I> InnerService for I
where
    I: Service<Request, Response: IntoResponse, Error = Infallible, Future: Send> + Clone + Send + Sync + 'static,
{
    fn run(&self, request: Request) -> BoxFuture<'static, Response> {
        let answer = self.clone().oneshot(request);
        Box::pin(answer.map(|answer| match answer {
            Ok(response) => response.into_response(),
            Err(never) => match never {},
        }))
    }
}
