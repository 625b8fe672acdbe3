//! The HTTP service of a connection: passes requests to the response cache or the router.

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
    activity::{Activity, InFlight},
    server::Server,
};
use crate::server::{
    foundation::{client_ip::Peer, lifecycle::Phase},
    http::middleware::{access_log::LoggedBody, load_shed::OverCapacity},
};

type ServiceResult = Result<Response<InFlightBody>, Infallible>;

/// The service of one connection.
#[derive(Debug)]
pub struct Service {
    pub server: Arc<Server>,
    pub activity: Activity,
    pub peer: Peer,
    /// Whether there are too many connections, so that this one gets 503 for every request.
    pub is_over_capacity: bool,
}

impl Service {
    /// Answers from the cache at once. The router's future is boxed, because it is large and most connections are idle.
    pub fn call(self: &Arc<Self>, request: Request<Incoming>) -> impl Future<Output = ServiceResult> + Send + use<> {
        let version = request.version();
        let in_flight = self.activity.begin(version == Version::HTTP_2);
        let fast_path = self.server.fast_path.as_ref().filter(|_| !self.is_over_capacity);
        if let Some(cached) = fast_path.and_then(|fast_path| fast_path.cached_response(&request)) {
            return FutureEither::Left(ready(Ok(self.track(version, cached.map(Either::Left), in_flight))));
        }
        let (service, response) = (self.clone(), self.route(request));
        FutureEither::Right(Box::pin(async move {
            response.await.map(|response| service.track(version, response.map(Either::Right), in_flight))
        }))
    }

    fn track(
        &self,
        version: Version,
        mut response: Response<ResponseBody>,
        in_flight: InFlight,
    ) -> Response<InFlightBody> {
        // HTTP/2 has the GOAWAY frame for this.
        if version < Version::HTTP_2 && self.is_last(response.status()) {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response.map(|body| InFlightBody { body, _in_flight: in_flight })
    }

    fn route(&self, request: Request<Incoming>) -> impl Future<Output = Result<Response<Body>, Infallible>> + use<> {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(self.peer);
        if self.is_over_capacity {
            request.extensions_mut().insert(OverCapacity);
        }
        self.server.router.clone().oneshot(request)
    }

    fn is_last(&self, status: StatusCode) -> bool {
        self.is_over_capacity
            || self.server.lifecycle.phase() == Phase::Draining
            || status == StatusCode::REQUEST_TIMEOUT
    }
}

/// A cached body, or one from the router.
type ResponseBody = Either<LoggedBody<Full<Bytes>>, Body>;

/// A response body that keeps its request in flight until it is sent.
#[derive(Debug)]
pub struct InFlightBody {
    body: ResponseBody,
    _in_flight: InFlight,
}

impl HttpBody for InFlightBody {
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
