//! One line for each request, and its figures. A line tells which route was asked, never the path
//! itself: what stands in a path or a query may be about a person, or a secret.

use std::{
    collections::HashSet,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{MatchedPath, Request},
    http::{Method, StatusCode},
    response::Response,
};
use hyper::body::{Frame, SizeHint};
use tower_http::request_id::RequestId;
use tracing::{Instrument, Span, field::Empty, info, info_span};

use super::boxed::Next;
use crate::{
    domain::ActorKind,
    server::{
        foundation::telemetry::requests::{RequestSeries, Series},
        http::static_files::Site,
    },
};

/// A client that left before it was answered; the number is nginx's.
const LEFT: u16 = 499;

/// What requests are told apart by.
#[derive(Debug)]
pub struct AccessLog {
    site: Arc<Site>,
    functions: HashSet<&'static str>,
    series: RequestSeries,
}

impl AccessLog {
    pub fn new(site: Arc<Site>) -> Self {
        let functions = server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
        Self { site, functions, series: RequestSeries::default() }
    }

    /// The name of what is asked for, one of a closed set whatever the path is.
    fn route<'a>(&'a self, request: &Request, matched: Option<&'a MatchedPath>) -> &'a str {
        let path = request.uri().path();
        match matched.map(MatchedPath::as_str) {
            Some("/rpc/{*function}") => self.functions.get(path).copied().unwrap_or("/rpc/{unknown}"),
            // What only catches the rest is no route.
            Some(template) if !template.ends_with("{*path}") => template,
            _ if self.site.has(path) => "{file}",
            _ => "{unknown}",
        }
    }

    fn begin(&self, request: &Request) -> Watched {
        let matched = request.extensions().get::<MatchedPath>().cloned();
        let route = self.route(request, matched.as_ref());
        let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
        self.watched(Instant::now(), route, request.method(), id)
    }

    fn watched(&self, began: Instant, route: &str, method: &Method, id: Option<&str>) -> Watched {
        let series = self.series.of(route, method);
        series.begin();
        Watched {
            span: info_span!("request", method = series.method(), route, id, actor = Empty),
            series,
            is_head: *method == Method::HEAD,
            began,
            status: LEFT,
            bytes: 0,
            is_whole: false,
        }
    }
}

impl AccessLog {
    /// Follows an answer that was there already when it was asked for.
    pub fn follow<B>(
        &self,
        began: Instant,
        route: &str,
        method: &Method,
        id: &str,
        actor: ActorKind,
        response: Response<B>,
    ) -> Response<WatchedBody<B>>
    where
        B: HttpBody,
    {
        let mut watched = self.watched(began, route, method, Some(id));
        watched.span.record("actor", actor.as_str());
        watched.answered(response.status());
        response.map(|body| WatchedBody { body, watched })
    }
}

/// Follows a request from its head to the last byte of its answer.
pub async fn watch(log: Arc<AccessLog>, mut request: Request, next: Next) -> Response {
    let mut watched = log.begin(&request);
    if !watched.span.is_disabled() {
        request.extensions_mut().insert(RequestSpan(watched.span.clone()));
    }
    let response = next.run(request).instrument(watched.span.clone()).await;
    watched.answered(response.status());
    response.map(|body| Body::new(WatchedBody { body, watched }))
}

/// The span of a request, for whoever learns more about it.
#[derive(Debug, Clone)]
struct RequestSpan(Span);

/// Has the lines of a request tell what kind of actor asked, and no more of who it was.
pub fn name_actor(request: &Request, actor: ActorKind) {
    if let Some(RequestSpan(span)) = request.extensions().get() {
        span.record("actor", actor.as_str());
    }
}

/// A request under way. Its end, whichever it is, is that of this value.
#[derive(Debug)]
struct Watched {
    span: Span,
    series: Arc<Series>,
    is_head: bool,
    began: Instant,
    status: u16,
    bytes: usize,
    is_whole: bool,
}

impl Watched {
    fn answered(&mut self, status: StatusCode) {
        self.status = status.as_u16();
        self.series.answered(status, self.began.elapsed());
    }

    fn outcome(&self) -> &'static str {
        match self.status {
            LEFT => "the client left before the answer",
            _ if self.is_whole || self.is_head => "answered",
            _ => "the answer was cut off",
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if self.status == LEFT {
            self.series.answered(StatusCode::from_u16(LEFT).unwrap_or_default(), self.began.elapsed());
        }
        self.series.end();
        let _entered = self.span.enter();
        let duration_ms = || (self.began.elapsed().as_secs_f64() * 1e6).round() / 1e3;
        info!(target: "access", status = self.status, duration_ms = duration_ms(), bytes = self.bytes, "{}", self.outcome());
    }
}

/// A body that tells when it has been sent.
#[derive(Debug)]
pub struct WatchedBody<B: HttpBody> {
    body: B,
    watched: Watched,
}

impl<B: HttpBody<Data = Bytes> + Unpin> HttpBody for WatchedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => self.watched.bytes += frame.data_ref().map_or(0, Bytes::len),
            Some(Err(_)) => {}
            None => self.watched.is_whole = true,
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B: HttpBody> Drop for WatchedBody<B> {
    fn drop(&mut self) {
        self.watched.is_whole |= self.body.is_end_stream();
    }
}
