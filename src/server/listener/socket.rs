//! The socket of a connection, whose reads and writes are recorded as activity.

use std::{
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, Interest, ReadBuf},
    net::TcpStream,
};

use super::activity::Activity;

/// The stream is shared with the creator, which may still write to it before it closes it.
#[derive(Debug)]
pub struct Socket {
    stream: Arc<TcpStream>,
    activity: Activity,
}

impl Socket {
    pub fn new(stream: Arc<TcpStream>, activity: Activity) -> Self {
        Self { stream, activity }
    }

    fn poll_send(
        &self,
        cx: &mut Context<'_>,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            let Poll::Ready(can_send) = self.stream.poll_write_ready(cx) else {
                self.activity.sent(false);
                return Poll::Pending;
            };
            can_send?;
            match write(&self.stream) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                sent => {
                    self.activity.sent(true);
                    return Poll::Ready(sent);
                }
            }
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            ready!(self.stream.poll_read_ready(cx))?;
            let (room, mut came) = (buffer.remaining(), 0);
            let read = self.stream.try_io(Interest::READABLE, || {
                came = self.stream.try_read_buf(buffer)?;
                // A partial read means the socket is drained: clear its readiness and save another read.
                if 0 < came && came < room { Err(ErrorKind::WouldBlock.into()) } else { Ok(()) }
            });
            match read {
                _ if came > 0 => {
                    self.activity.received();
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                read => return Poll::Ready(read),
            }
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_send(cx, |stream| stream.try_write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_send(cx, |stream| stream.try_write_vectored(slices))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// Does nothing: the owner of the stream shuts it down.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
