//! The octets of a connection: TCP or TLS, written in whole commands, read under a guard and a limit on silence.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, BufWriter, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};
use tokio_rustls::client::TlsStream;

use super::guard::Guard;

/// A connection to a server, as the IMAP crate is given it.
pub(super) struct Wire {
    stream: Stream,
    guard: Guard,
    /// Longest silence while we read; `None` within IDLE, where silence is normal.
    patience: Option<Duration>,
    /// Runs while we wait for octets.
    silence: Pin<Box<Sleep>>,
    waiting: bool,
}

/// Buffered on our side, since the parts of a command would leave as packets of their own.
enum Stream {
    Plain(BufWriter<TcpStream>),
    Tls(Box<BufWriter<TlsStream<TcpStream>>>),
}

impl Wire {
    pub(super) fn plain(stream: TcpStream, patience: Duration) -> Self {
        Self::new(Stream::Plain(BufWriter::new(stream)), patience)
    }

    pub(super) fn tls(stream: TlsStream<TcpStream>, patience: Duration) -> Self {
        Self::new(Stream::Tls(Box::new(BufWriter::new(stream))), patience)
    }

    fn new(stream: Stream, patience: Duration) -> Self {
        Self {
            stream,
            guard: Guard::new(),
            patience: Some(patience),
            silence: Box::pin(sleep(patience)),
            waiting: false,
        }
    }

    /// The connection itself, if it is plain: for STARTTLS. What was read and not understood is gone with the rest.
    pub(super) fn into_plain(self) -> Option<TcpStream> {
        match self.stream {
            Stream::Plain(stream) => Some(stream.into_inner()),
            Stream::Tls(_) => None,
        }
    }

    /// Octets of literals that one response may bring from now on.
    pub(super) fn allow(&mut self, octets: u64) {
        self.guard.allow(octets);
    }

    /// Longest silence from now on.
    pub(super) fn set_patience(&mut self, patience: Option<Duration>) {
        self.patience = patience;
        self.waiting = false;
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        let before = buffer.filled().len();
        let read = match &mut wire.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Stream::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        };
        if read.is_pending() {
            let Some(patience) = wire.patience else { return Poll::Pending };
            if !wire.waiting {
                wire.waiting = true;
                // A patience too long for the clock is no limit.
                if let Some(end) = Instant::now().checked_add(patience) {
                    wire.silence.as_mut().reset(end);
                }
            }
            ready!(wire.silence.as_mut().poll(context));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        wire.waiting = false;
        ready!(read)?;
        let octets = buffer.filled().get(before..).unwrap_or_default();
        Poll::Ready(
            wire.guard.look(octets).map_err(|reason| io::Error::new(io::ErrorKind::InvalidData, reason)),
        )
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(context, octets),
            Stream::Tls(stream) => Pin::new(stream).poll_write(context, octets),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(context),
            Stream::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

// The IMAP crate asks for it.
impl fmt::Debug for Wire {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self.stream {
            Stream::Plain(_) => "Wire(plain)",
            Stream::Tls(_) => "Wire(tls)",
        })
    }
}
