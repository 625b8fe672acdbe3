//! A request on its way from the connection to the router, and its answer back.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    http::{HeaderValue, Request, Response, StatusCode, Version, header},
};
use hyper::body::{Frame, Incoming, SizeHint};
use tower::ServiceExt;

use super::activity::{Activity, Answering};
use crate::server::{
    auth::client::Peer,
    cache::Front,
    lifecycle::{Lifecycle, Phase},
    load::Surplus,
};

/// What a connection's requests go through.
#[derive(Debug, Clone)]
pub struct Service {
    pub front: Option<Front>,
    pub router: Router,
    pub lifecycle: Lifecycle,
    pub activity: Activity,
    pub peer: Peer,
    /// There are too many connections: this one is only told so.
    pub is_surplus: bool,
}

impl Service {
    pub async fn answer(self, request: Request<Incoming>) -> Result<Response<Counted>, Infallible> {
        let version = request.version();
        let answering = self.activity.begin(version == Version::HTTP_2);
        let front = self.front.as_ref().filter(|_| !self.is_surplus);
        let mut response = match front.and_then(|front| front.given(&request)) {
            Some(given) => given,
            // In a place of its own: most connections are idle, and this is large.
            None => Box::pin(self.make(request)).await?,
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
        self.router.clone().oneshot(request).await
    }

    fn is_last(&self, status: StatusCode) -> bool {
        self.is_surplus || self.lifecycle.phase() == Phase::Draining || status == StatusCode::REQUEST_TIMEOUT
    }
}

/// The body of an answer, whose connection is not idle until it is sent.
#[derive(Debug)]
pub struct Counted {
    body: Body,
    _answering: Answering,
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
