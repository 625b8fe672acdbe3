//! A request on its way from the connection to the router, and its answer back.

use std::{
    convert::Infallible,
    error::Error,
    future::{Future, ready},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderValue, Request, Response, StatusCode, Version, header},
};
use futures::future::Either as FutureEither;
use http_body_util::{Either, Full};
use hyper::body::{Frame, Incoming, SizeHint};
use tower::ServiceExt;

use super::{
    activity::{Activity, Answering},
    host::Host,
};
use crate::server::{
    foundation::{client_ip::Peer, lifecycle::Phase},
    http::middleware::{access_log::WatchedBody, load_shed::Surplus},
};

type Answered = Result<Response<Counted>, Infallible>;

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
    /// What is kept is answered at once. The rest is made in a place of its own, since it is large and most
    /// connections are idle.
    pub fn answer(self: &Arc<Self>, request: Request<Incoming>) -> impl Future<Output = Answered> + Send + use<> {
        let version = request.version();
        let answering = self.activity.begin(version == Version::HTTP_2);
        let front = self.host.front.as_ref().filter(|_| !self.is_surplus);
        if let Some(given) = front.and_then(|front| front.given(&request)) {
            return FutureEither::Left(ready(Ok(self.counted(version, given.map(Either::Left), answering))));
        }
        let (service, made) = (self.clone(), self.make(request));
        FutureEither::Right(Box::pin(async move {
            made.await.map(|made| service.counted(version, made.map(Either::Right), answering))
        }))
    }

    fn counted(&self, version: Version, mut response: Response<Told>, answering: Answering) -> Response<Counted> {
        // HTTP/2 has a frame for it.
        if version < Version::HTTP_2 && self.is_last(response.status()) {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response.map(|body| Counted { body, _answering: answering })
    }

    fn make(&self, request: Request<Incoming>) -> impl Future<Output = Result<Response<Body>, Infallible>> + use<> {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(self.peer);
        if self.is_surplus {
            request.extensions_mut().insert(Surplus);
        }
        self.host.router.clone().oneshot(request)
    }

    fn is_last(&self, status: StatusCode) -> bool {
        self.is_surplus || self.host.lifecycle.phase() == Phase::Draining || status == StatusCode::REQUEST_TIMEOUT
    }
}

/// One that is kept, or one that was made.
type Told = Either<WatchedBody<Full<Bytes>>, Body>;

/// The body of an answer, whose connection is not idle until it is sent.
#[derive(Debug)]
pub struct Counted {
    body: Told,
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
