//! Clients that see every byte and every reset.

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

/// What has not happened by then never will.
pub const DEADLINE: Duration = Duration::from_mins(1);

/// Something that has to become true.
pub async fn eventually<F: Future<Output = bool>>(what: &str, check: impl Fn() -> F) {
    let trying = async {
        while !check().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(DEADLINE, trying).await.unwrap_or_else(|_| panic!("never: {what}"));
}

/// A connection on which a test writes what it likes.
pub struct Raw(pub TcpStream);

impl Raw {
    pub async fn connect(address: &str) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }

    pub async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// Everything that comes until the server closes.
    pub async fn rest(&mut self) -> io::Result<String> {
        let mut bytes = Vec::new();
        timeout(DEADLINE, self.0.read_to_end(&mut bytes)).await.expect("the connection stays open")?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The status and head of the next answer, whose body is read, too; it must tell its length.
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

    /// The status and head of what is answered to a GET.
    pub async fn get(&mut self, path: &str) -> (u16, String) {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")).await;
        self.answer().await
    }
}

/// What is answered to a GET on a connection of its own; nothing where that is closed at once.
pub async fn ask(address: &str, path: &str) -> Option<u16> {
    let mut client = Raw::connect(address).await;
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    client.0.write_all(request.as_bytes()).await.ok()?;
    client.rest().await.ok()?.get(9..12)?.parse().ok()
}

/// The head of a form that is never quite sent.
pub fn begun_form(length: usize) -> String {
    format!(
        "POST /sign-in HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {length}\r\n\r\nemail="
    )
}

/// Asks on one connection after the other, as long as there are any, and counts what was answered;
/// fails for a request that was sent and not answered as a whole.
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
