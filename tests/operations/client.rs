//! HTTP clients that observe every byte and every connection reset.

use std::{
    io,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use axum::http::{Request, header};
use http_body_util::{BodyExt, Empty};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// The timeout of `eventually`.
pub const DEADLINE: Duration = Duration::from_mins(1);

/// Polls until a condition holds.
pub async fn eventually<F: Future<Output = bool>>(what: &str, check: impl Fn() -> F) {
    let trying = async {
        while !check().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(DEADLINE, trying).await.unwrap_or_else(|_| panic!("never: {what}"));
}

/// A connection with full control over the bytes sent.
pub struct Raw(pub TcpStream);

impl Raw {
    pub async fn connect(address: &str) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }

    pub async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// Reads until the server closes the connection.
    pub async fn rest(&mut self) -> io::Result<String> {
        let mut bytes = Vec::new();
        timeout(DEADLINE, self.0.read_to_end(&mut bytes)).await.expect("the connection stays open")?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Reads the next response, whose head must have a content length; returns its status and head.
    pub async fn answer(&mut self) -> (u16, String) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(timeout(DEADLINE, self.0.read_u8()).await.expect("no answer").unwrap());
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
        self.0.read_exact(&mut vec![0; length]).await.unwrap();
        (head[9..12].parse().unwrap(), head)
    }

    /// Sends a GET request; returns the status and head of the response.
    pub async fn get(&mut self, path: &str) -> (u16, String) {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")).await;
        self.answer().await
    }
}

/// Sends a GET request on a new connection; returns `None` if the server closes it without a response.
pub async fn ask(address: &str, path: &str) -> Option<u16> {
    let mut client = Raw::connect(address).await;
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    client.0.write_all(request.as_bytes()).await.ok()?;
    client.rest().await.ok()?.get(9..12)?.parse().ok()
}

/// The start of a form submission that is never completed.
pub fn partial_form(length: usize) -> String {
    format!(
        "POST /sign-in HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {length}\r\n\r\nemail="
    )
}

/// Sends requests, each on a new connection, until connections are refused, and counts the responses. Fails if a
/// request was sent without a complete response.
pub async fn stay_busy(address: String, path: &'static str, answered: &AtomicU32) -> Result<(), String> {
    loop {
        let stream = match TcpStream::connect(&address).await {
            Ok(stream) => stream,
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => return Ok(()),
            Err(error) => return Err(format!("connecting: {error}")),
        };
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
        tokio::spawn(connection);
        loop {
            let request = Request::get(path).header("host", "localhost").body(Empty::<Bytes>::new()).unwrap();
            let response = sender.send_request(request).await.map_err(|error| format!("{error:?}"))?;
            let (head, body) = response.into_parts();
            body.collect().await.map_err(|error| format!("truncated: {error:?}"))?;
            if head.status != 200 {
                return Err(format!("{} from {path}", head.status));
            }
            answered.fetch_add(1, Ordering::Relaxed);
            if head.headers.get(header::CONNECTION).is_some_and(|value| value == "close") {
                break;
            }
        }
    }
}
