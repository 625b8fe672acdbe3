//! A client of the event stream that behaves like a browser's `EventSource`.

use std::time::Duration;

use axum::{
    body::{Body, BodyDataStream},
    http::{HeaderMap, Request},
};
use futures::StreamExt;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use rollcall::server::store::Position;
use serde_json::Value;
use tokio::time::timeout;
use tower::ServiceExt;

use super::{App, Fresh};

/// The timeout for a message.
pub const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub id: Option<String>,
    pub event: String,
    pub data: Value,
}

pub struct EventStream {
    pub status: u16,
    pub headers: HeaderMap,
    chunks: BodyDataStream,
    /// Received bytes that are not parsed yet; a chunk can end within a character.
    bytes: Vec<u8>,
    /// The `Last-Event-ID` that a browser would send when it reconnects.
    pub last_id: String,
}

impl EventStream {
    /// Opens the stream of a server, by its URL.
    pub async fn open(url: &str, headers: &[(&str, &str)]) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
        let request = request(&format!("{url}/events/users"), headers);
        Self::of(client.request(request).await.unwrap().map(Body::new))
    }

    /// Opens the stream of an app in this process.
    pub async fn at(app: &App, headers: &[(&str, &str)]) -> Self {
        Self::of(app.router.clone().oneshot(request("/events/users", headers)).await.unwrap())
    }

    pub fn of(response: axum::http::Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            chunks: body.into_data_stream(),
            bytes: Vec::new(),
            last_id: String::new(),
        }
    }

    /// The same stream, after its first message.
    pub async fn greeted(mut self) -> Self {
        assert_eq!(self.status, 200);
        let hello = self.next().await.expect("a greeting");
        assert_eq!(hello.event, "hello");
        assert!(hello.id.is_some());
        self
    }

    /// The next message; `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<Message> {
        loop {
            let message = self.block().await?;
            if !message.event.is_empty() {
                return Some(message);
            }
        }
    }

    /// The next message about a person: their id and their data.
    pub async fn changed(&mut self) -> (String, Value) {
        let message = self.next().await.expect("the stream goes on");
        assert_eq!(message.event, "changed", "{message:?}");
        (message.data["id"].as_str().unwrap().to_owned(), message.data["user"].clone())
    }

    /// The names in the next messages, each with its version.
    pub async fn names(&mut self, count: usize) -> Vec<(String, i64)> {
        let mut names = Vec::new();
        while names.len() < count {
            let (_, user) = self.changed().await;
            names.push((user["name"].as_str().unwrap_or("nobody").to_owned(), user["version"].as_i64().unwrap_or(0)));
        }
        names
    }

    /// Like `changed`, or `None` after a timeout.
    pub async fn changed_within(&mut self, during: Duration) -> Option<(String, Value)> {
        timeout(during, self.changed()).await.ok()
    }

    /// Whether the stream sends no message for a while.
    pub async fn is_silent(&mut self, during: Duration) -> bool {
        timeout(during, self.next()).await.is_err()
    }

    /// The text up to the next empty line, including heartbeats.
    pub async fn block(&mut self) -> Option<Message> {
        let end = loop {
            if let Some(end) = self.bytes.windows(2).position(|two| two == b"\n\n") {
                break end;
            }
            let chunk = timeout(PATIENCE * 2, self.chunks.next()).await.expect("something comes in time")?;
            // A broken connection also ends the stream.
            self.bytes.extend_from_slice(&chunk.ok()?);
        };
        let block: Vec<u8> = self.bytes.drain(..end + 2).collect();
        let block = String::from_utf8(block).unwrap();
        let mut message = Message { id: None, event: String::new(), data: Value::Null };
        for line in block.trim_end().lines() {
            match line.split_once(": ").unwrap() {
                ("id", id) => message.id = Some(id.to_owned()),
                ("event", event) => event.clone_into(&mut message.event),
                ("data", data) => message.data = serde_json::from_str(data).unwrap(),
                ("retry", milliseconds) => assert!((2_000..4_000).contains(&milliseconds.parse::<u32>().unwrap())),
                ("", _) => {}
                other => panic!("{other:?} is no field of an event stream"),
            }
        }
        if let Some(id) = &message.id {
            self.last_id.clone_from(id);
        }
        Some(message)
    }
}

fn request(uri: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let request = headers.iter().fold(Request::get(uri), |request, (name, value)| request.header(*name, *value));
    request.body(Body::empty()).unwrap()
}

/// The end of the audit trail, once all of it is readable. PostgreSQL waits for the open transactions of all databases,
/// including those of concurrent tests.
pub async fn settled(database: &Fresh) -> Position {
    let newest = database.store.events(&"per_page=1".parse().unwrap(), false).await.unwrap();
    let newest = newest.first().map_or(0, |event| event.seq);
    loop {
        let end = database.store.end_of_trail().await.unwrap();
        if end.seq == newest {
            return end;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
