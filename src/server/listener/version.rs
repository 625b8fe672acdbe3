//! Detects the HTTP version of a connection.

use std::time::Duration;

use tokio::{net::TcpStream, time::sleep};

use super::activity::Activity;

/// The first bytes of an HTTP/2 connection (RFC 9113 section 3.4), with which no HTTP/1 request begins.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How long to wait for the rest of a partial preface; doubled each time.
const RETRY_DELAY: Duration = Duration::from_millis(10);

/// Waits for the first bytes of a client without consuming them: if hyper were handed a few bytes first, its buffer
/// would double to hold the rest, and stay that large while the connection is open.
pub async fn is_http2(stream: &TcpStream, activity: &Activity) -> bool {
    let (mut first, mut delay) = ([0; PREFACE.len()], RETRY_DELAY);
    loop {
        // A count of 0 is the end of the stream, which the next read reports.
        let count = stream.peek(&mut first).await.unwrap_or_default();
        if count == 0 || !PREFACE.starts_with(&first[..count]) {
            return false;
        }
        activity.received();
        if count == PREFACE.len() {
            return true;
        }
        sleep(delay).await;
        delay *= 2;
    }
}
