//! Which HTTP a client speaks.

use std::time::Duration;

use tokio::{net::TcpStream, time::sleep};

use super::activity::Activity;

/// What HTTP/2 begins with (RFC 9113 section 3.4), and no request of HTTP/1.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How long whoever sends a part of it is left to send more, and each time as long again.
const PAUSE: Duration = Duration::from_millis(10);

/// Waits for a client's first bytes and leaves them where they are: after a few of them hyper's buffer
/// would grow to twice its size to take the others, and stay so for as long as the connection lives.
pub async fn is_http2(stream: &TcpStream, activity: &Activity) -> bool {
    let (mut first, mut pause) = ([0; PREFACE.len()], PAUSE);
    loop {
        // None at an end, of which whoever reads will learn.
        let count = stream.peek(&mut first).await.unwrap_or_default();
        if count == 0 || !PREFACE.starts_with(&first[..count]) {
            return false;
        }
        activity.received();
        if count == PREFACE.len() {
            return true;
        }
        sleep(pause).await;
        pause *= 2;
    }
}
