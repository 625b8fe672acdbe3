//! The access log: one line and the metrics of each request. A line names the route, never the path: a path or a
//! query may contain personal data or a secret.

use std::{
    collections::HashSet,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{MatchedPath, Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::Response,
};
use hyper::body::{Frame, SizeHint};
use tower_http::request_id::RequestId;
use tracing::{Instrument, Span, field::Empty, info, info_span};

use crate::{
    domain::ActorKind,
    server::{
        foundation::telemetry::requests::{RequestSeries, Series},
        http::static_files::StaticFiles,
    },
};

/// The status of a request whose client disconnected before the response; the number is nginx's.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// Names the routes of requests and holds their metrics.
#[derive(Debug)]
pub struct AccessLog {
    site: Arc<StaticFiles>,
    functions: HashSet<&'static str>,
    series: RequestSeries,
}

impl AccessLog {
    pub fn new(site: Arc<StaticFiles>) -> Self {
        let functions = server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
        Self { site, functions, series: RequestSeries::default() }
    }

    /// The route of a request. The set of routes is closed, so the labels of metrics are bounded whatever the path is.
    fn route<'a>(&'a self, request: &Request, matched: Option<&'a MatchedPath>) -> &'a str {
        let path = request.uri().path();
        match matched.map(MatchedPath::as_str) {
            Some("/rpc/{*function}") => self.functions.get(path).copied().unwrap_or("/rpc/{unknown}"),
            // A template that ends in a catch-all is not a route.
            Some(template) if !template.ends_with("{*path}") => template,
            _ if self.site.has(path) => "{file}",
            _ => "{unknown}",
        }
    }

    fn begin(&self, request: &Request) -> LoggedRequest {
        let matched = request.extensions().get::<MatchedPath>().cloned();
        let route = self.route(request, matched.as_ref());
        let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
        self.logged(Instant::now(), route, request.method(), id)
    }

    fn logged(&self, started: Instant, route: &str, method: &Method, id: Option<&str>) -> LoggedRequest {
        let series = self.series.of(route, method);
        series.begin();
        LoggedRequest {
            span: info_span!("request", method = series.method(), route, id, actor = Empty),
            series,
            is_head: *method == Method::HEAD,
            started,
            status: CLIENT_CLOSED_REQUEST,
            bytes: 0,
            is_whole: false,
        }
    }
}

impl AccessLog {
    /// Logs a request that was answered from the response cache.
    pub fn log_cached<B>(
        &self,
        started: Instant,
        route: &str,
        method: &Method,
        id: &str,
        actor: ActorKind,
        response: Response<B>,
    ) -> Response<LoggedBody<B>>
    where
        B: HttpBody,
    {
        let mut logged = self.logged(started, route, method, Some(id));
        logged.span.record("actor", actor.as_str());
        logged.answered(response.status());
        response.map(|body| LoggedBody { body, logged })
    }
}

/// Middleware: logs a request when the last byte of its response has been sent.
pub async fn log_request(State(log): State<Arc<AccessLog>>, mut request: Request, next: Next) -> Response {
    let mut logged = log.begin(&request);
    if !logged.span.is_disabled() {
        request.extensions_mut().insert(RequestSpan(logged.span.clone()));
    }
    let response = next.run(request).instrument(logged.span.clone()).await;
    logged.answered(response.status());
    response.map(|body| Body::new(LoggedBody { body, logged }))
}

/// The span of a request, kept in its extensions so that later layers can add fields.
#[derive(Debug, Clone)]
struct RequestSpan(Span);

/// Adds the kind of actor, and nothing that identifies it, to the log lines of a request.
pub fn record_actor(request: &Request, actor: ActorKind) {
    if let Some(RequestSpan(span)) = request.extensions().get() {
        span.record("actor", actor.as_str());
    }
}

/// A request in flight. Dropping it, for whatever reason the request ended, writes the log line.
#[derive(Debug)]
struct LoggedRequest {
    span: Span,
    series: Arc<Series>,
    is_head: bool,
    started: Instant,
    status: u16,
    bytes: usize,
    is_whole: bool,
}

impl LoggedRequest {
    fn answered(&mut self, status: StatusCode) {
        self.status = status.as_u16();
        self.series.answered(status, self.started.elapsed());
    }

    fn outcome(&self) -> &'static str {
        match self.status {
            CLIENT_CLOSED_REQUEST => "the client disconnected before the response",
            _ if self.is_whole || self.is_head => "answered",
            _ => "the response was cut off",
        }
    }
}

impl Drop for LoggedRequest {
    fn drop(&mut self) {
        if self.status == CLIENT_CLOSED_REQUEST {
            self.series
                .answered(StatusCode::from_u16(CLIENT_CLOSED_REQUEST).unwrap_or_default(), self.started.elapsed());
        }
        self.series.end();
        let _entered = self.span.enter();
        let duration_ms = || (self.started.elapsed().as_secs_f64() * 1e6).round() / 1e3;
        info!(target: "access", status = self.status, duration_ms = duration_ms(), bytes = self.bytes, "{}", self.outcome());
    }
}

/// A response body that counts its bytes and logs the request when it is dropped.
#[derive(Debug)]
pub struct LoggedBody<B: HttpBody> {
    body: B,
    logged: LoggedRequest,
}

impl<B: HttpBody<Data = Bytes> + Unpin> HttpBody for LoggedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => self.logged.bytes += frame.data_ref().map_or(0, Bytes::len),
            Some(Err(_)) => {}
            None => self.logged.is_whole = true,
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

impl<B: HttpBody> Drop for LoggedBody<B> {
    fn drop(&mut self) {
        self.logged.is_whole |= self.body.is_end_stream();
    }
}
