//! A request on its way from the connection to the router, and its answer back.

use std::{
    convert::Infallible,
    error::Error,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderValue, Request, Response, StatusCode, Version, header},
};
use http_body_util::{Either, Full};
use hyper::body::{Frame, Incoming, SizeHint};
use tower::ServiceExt;

use super::{
    activity::{Activity, Answering},
    connection::Host,
};
use crate::server::{access_log::WatchedBody, auth::client::Peer, lifecycle::Phase, load::Surplus};

/// What a connection's requests go through.
#[derive(Debug)]
pub struct Service {
    pub host: Arc<Host>,
    pub activity: Activity,
    pub peer: Peer,
    /// There are too many connections: this one is only told so.
    pub is_surplus: bool,
}

impl Service {
    pub async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Counted>, Infallible> {
        let version = request.version();
        let answering = self.activity.begin(version == Version::HTTP_2);
        let front = self.host.front.as_ref().filter(|_| !self.is_surplus);
        let mut response = match front.and_then(|front| front.given(&request)) {
            Some(given) => given.map(Either::Left),
            // In a place of its own: most connections are idle, and this is large.
            None => Box::pin(self.make(request)).await?.map(Either::Right),
        };
        // HTTP/2 has a frame for it.
        if version < Version::HTTP_2 && self.is_last(response.status()) {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response.map(|body| Counted { body, _answering: answering }))
    }

    async fn make(&self, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(self.peer);
        if self.is_surplus {
            request.extensions_mut().insert(Surplus);
        }
        self.host.router.clone().oneshot(request).await
    }

    fn is_last(&self, status: StatusCode) -> bool {
        self.is_surplus || self.host.lifecycle.phase() == Phase::Draining || status == StatusCode::REQUEST_TIMEOUT
    }
}

/// The body of an answer, whose connection is not idle until it is sent.
#[derive(Debug)]
pub struct Counted {
    /// One that is kept, or one that was made.
    body: Either<WatchedBody<Full<Bytes>>, Body>,
    _answering: Answering,
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
