//! hyper alone: `serve-hyper RECORDING` replays the response recorded for a path, byte for byte.
//!
//! A recording starts with a line of JSON: the status and the headers common to all responses. Each response follows as
//! a line of JSON (path, own headers, length) and that many bytes. A response marked `open` never ends.

use std::{
    collections::HashMap,
    convert::Infallible,
    fs,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use hyper::{
    HeaderMap, Request, Response, StatusCode,
    body::{Body, Bytes, Frame, Incoming, SizeHint},
    header::{HeaderName, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde::Deserialize;

/// The same size as Rollcall's, so that memory use is comparable.
const BUFFER: usize = 32 * 1024;

#[derive(Deserialize)]
struct Common {
    status: u16,
    headers: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct Answer {
    path: String,
    headers: Vec<(String, String)>,
    length: usize,
    #[serde(default)]
    open: bool,
}

struct Recording {
    status: StatusCode,
    headers: HeaderMap,
    answers: HashMap<String, (HeaderMap, Recorded)>,
}

#[derive(Clone)]
struct Recorded {
    bytes: Option<Bytes>,
    open: bool,
}

impl Body for Recorded {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.bytes.take() {
            Some(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            None if self.open => Poll::Pending,
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none() && !self.open
    }

    fn size_hint(&self) -> SizeHint {
        let length = self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
        if self.open { SizeHint::new() } else { SizeHint::with_exact(length) }
    }
}

fn header_map(headers: Vec<(String, String)>) -> HeaderMap {
    let pair = |(name, value): (String, String)| {
        (name.parse::<HeaderName>().expect("a name"), value.parse::<HeaderValue>().expect("a value"))
    };
    headers.into_iter().map(pair).collect()
}

impl Recording {
    fn read(path: &str) -> Self {
        let mut rest = Bytes::from(fs::read(path).expect("the recording can be read"));
        let line = |rest: &mut Bytes| {
            let end = rest.iter().position(|byte| *byte == b'\n').expect("a line ends");
            rest.split_to(end + 1)
        };
        let common: Common = serde_json::from_slice(&line(&mut rest)).expect("the first line is as expected");
        let mut answers = HashMap::new();
        while !rest.is_empty() {
            let answer: Answer = serde_json::from_slice(&line(&mut rest)).expect("a line is as expected");
            let bytes = Some(rest.split_to(answer.length)).filter(|bytes| !bytes.is_empty());
            answers.insert(answer.path, (header_map(answer.headers), Recorded { bytes, open: answer.open }));
        }
        let status = StatusCode::from_u16(common.status).expect("a status");
        Self { status, headers: header_map(common.headers), answers }
    }

    fn answer(&self, request: &Request<Incoming>) -> Response<Recorded> {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let Some((headers, body)) = self.answers.get(path) else {
            let mut missing = Response::new(Recorded { bytes: None, open: false });
            *missing.status_mut() = StatusCode::NOT_FOUND;
            return missing;
        };
        let mut response = Response::new(body.clone());
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        for (name, value) in headers {
            response.headers_mut().append(name, value.clone());
        }
        response
    }
}

async fn serve(recording: Arc<Recording>) {
    let listener = peers::listen().await;
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let recording = recording.clone();
        tokio::spawn(async move {
            let answer = service_fn(|request| {
                let response = recording.answer(&request);
                async { Ok::<_, Infallible>(response) }
            });
            let _ = http1::Builder::new().max_buf_size(BUFFER).serve_connection(TokioIo::new(stream), answer).await;
        });
    }
}

fn main() {
    peers::run(serve(Arc::new(Recording::read(&peers::argument(1)))));
}
