//! The connection below SMTP: TCP without delay, and TLS from the start or after STARTTLS (RFC 3207, RFC 8314).
//!
//! STARTTLS is spoken here and not by the library, which would keep what it had read before TLS for after it: whoever
//! sits in between could put words into the server's mouth.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use lettre::transport::smtp::extension::ClientId;
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader, ReadBuf,
};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::{CONNECT, SessionError};
use crate::config::mailbox::Tls;
use crate::config::smtp::SmtpSettings;
use crate::tls;

/// Octets of one reply before TLS.
const REPLY: u64 = 16 * 1024;
/// What the library reads as greeting of a server whose real greeting came before TLS.
const GREETED: &[u8] = b"220 TLS started\r\n";

/// What mails travel over.
#[derive(Debug)]
pub(super) struct Link {
    replies: Replies,
    peer: SocketAddr,
    stream: Stream,
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Connects as the settings say.
pub(super) async fn open(settings: &SmtpSettings, hello: &ClientId) -> Result<Link, SessionError> {
    let limit = settings.timeout;
    let broken = |what, why: String| SessionError::Broken { what, why };
    let refused =
        |why: String| SessionError::Connect { host: settings.host.clone(), port: settings.port, why };
    let dialled = TcpStream::connect((settings.host.as_str(), settings.port));
    let stream = match tokio::time::timeout(limit.min(CONNECT), dialled).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(refused(error.to_string())),
        Err(_) => return Err(refused("no answer in time".to_owned())),
    };
    // Commands and the end of a mail are small writes: with Nagle's algorithm each waits 40 ms for an acknowledgement.
    stream.set_nodelay(true).map_err(|error| broken("connecting", error.to_string()))?;
    let peer = stream.peer_addr().map_err(|error| broken("connecting", error.to_string()))?;
    let secured = async |stream: TcpStream| {
        let ca_file = settings.ca_file.clone();
        let config = tokio::task::spawn_blocking(move || tls::client_config(ca_file.as_deref()))
            .await
            .map_err(|error| broken("TLS", error.to_string()))??;
        let shaken = tokio::time::timeout(limit, tls::connect(config, &settings.host, stream)).await;
        Ok::<_, SessionError>(shaken.map_err(|_| SessionError::Timeout("TLS"))??)
    };
    let (greeting, stream): (&'static [u8], _) =
        match settings.tls {
            Tls::Implicit => (b"", Stream::Tls(Box::new(secured(stream).await?))),
            Tls::StartTls => {
                let ready = tokio::time::timeout(limit, start_tls(stream, hello)).await;
                let stream = ready.map_err(|_| SessionError::Timeout(
                "STARTTLS; a port on which TLS begins at once, such as 465, wants `tls = \"implicit\"`",
            ))??;
                (GREETED, Stream::Tls(Box::new(secured(stream).await?)))
            }
            Tls::None if peer.ip().to_canonical().is_loopback() => (b"", Stream::Plain(stream)),
            Tls::None => return Err(SessionError::NotLoopback(settings.host.clone())),
        };
    Ok(Link {
        replies: Replies { ready: greeting.iter().copied().collect(), ..Replies::default() },
        peer,
        stream,
    })
}

/// Greeting, EHLO and STARTTLS, up to where TLS begins.
async fn start_tls(stream: TcpStream, hello: &ClientId) -> Result<TcpStream, SessionError> {
    let mut stream = BufReader::new(stream);
    let said = async |stream: &mut BufReader<TcpStream>, line: String| {
        let sent = stream.write_all(line.as_bytes()).await;
        sent.map_err(|error| SessionError::Broken { what: "STARTTLS", why: error.to_string() })
    };
    reply(&mut stream, "greeting").await?;
    said(&mut stream, format!("EHLO {hello}\r\n")).await?;
    let offers = reply(&mut stream, "EHLO").await?;
    if !offers.iter().any(|line| line.trim().eq_ignore_ascii_case("STARTTLS")) {
        return Err(SessionError::StartTls(
            "the server does not offer STARTTLS; without it nothing is sent: `tls = \"implicit\"` and port 465?",
        ));
    }
    said(&mut stream, "STARTTLS\r\n".to_owned()).await?;
    reply(&mut stream, "STARTTLS").await?;
    // RFC 3207 section 4.2 and the lesson of 2011: nothing from before TLS may count after it.
    if !stream.buffer().is_empty() {
        return Err(SessionError::StartTls(
            "the server, or somebody in between, spoke on before TLS had begun",
        ));
    }
    Ok(stream.into_inner())
}

/// The lines of one reply, without codes.
async fn reply(stream: &mut BufReader<TcpStream>, what: &'static str) -> Result<Vec<String>, SessionError> {
    let broken = |why: &str| SessionError::Broken { what, why: why.to_owned() };
    let mut lines = Vec::new();
    let mut left = REPLY;
    loop {
        let mut octets = Vec::new();
        let read = (&mut *stream).take(left).read_until(b'\n', &mut octets).await;
        read.map_err(|error| broken(&error.to_string()))?;
        left = left.saturating_sub(u64::try_from(octets.len()).unwrap_or(left));
        let text = String::from_utf8_lossy(&octets).trim_end().to_owned();
        if !octets.ends_with(b"\n") {
            return Err(broken("the server hung up, or does not speak SMTP"));
        }
        let code = text.get(..3).and_then(|code| code.parse::<u16>().ok());
        let Some(code) = code else {
            return Err(broken("the server does not speak SMTP; is it the right port?"));
        };
        lines.push(text.get(4..).unwrap_or_default().to_owned());
        if text.as_bytes().get(3) == Some(&b'-') {
            continue;
        }
        if !(200..400).contains(&code) {
            return Err(SessionError::Refused { what, code, text: lines.join(" ") });
        }
        return Ok(lines);
    }
}

impl AsyncTokioStream for Link {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

/// Replies on their way to the library, made such that it understands them: a code without text (RFC 5321 section 4.2
/// allows it), a bare LF and text in Latin-1 would be a broken connection to it, and an accepted mail one in doubt.
#[derive(Debug, Default)]
struct Replies {
    /// Not read yet.
    ready: VecDeque<u8>,
    /// Octets of the current line so far.
    column: usize,
    last: u8,
}

impl Replies {
    fn put(&mut self, octets: &[u8]) {
        for &octet in octets {
            let ends = matches!(octet, b'\r' | b'\n');
            if ends && self.column == 3 {
                self.ready.push_back(b' ');
            }
            if octet == b'\n' && self.last != b'\r' {
                self.ready.push_back(b'\r');
            }
            self.last = octet;
            self.column = if ends { 0 } else { self.column.saturating_add(1) };
            self.ready.push_back(if octet.is_ascii() { octet } else { b'?' });
        }
    }

    /// Moves what there is into the reader's buffer.
    fn give(&mut self, buf: &mut ReadBuf<'_>) {
        let count = self.ready.len().min(buf.remaining());
        for octet in self.ready.drain(..count) {
            buf.put_slice(&[octet]);
        }
    }
}

impl AsyncRead for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.replies.ready.is_empty() {
            let mut octets = [0; 2048];
            let mut read = ReadBuf::new(&mut octets);
            let polled = match &mut self.stream {
                Stream::Plain(stream) => Pin::new(stream).poll_read(cx, &mut read),
                Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_read(cx, &mut read),
            };
            match polled {
                Poll::Ready(Ok(())) => self.replies.put(read.filled()),
                other @ (Poll::Ready(Err(_)) | Poll::Pending) => return other,
            }
        }
        self.replies.give(buf);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Link {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(cx, octets),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_write(cx, octets),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_made_readable() {
        let mut replies = Replies::default();
        for piece in ["250\r", "\n354\n25", "0-Aceptaci\u{f3}n\r\n250 ok\r\n"] {
            replies.put(piece.as_bytes());
        }
        let mut octets = [0; 100];
        let mut read = ReadBuf::new(&mut octets);
        replies.give(&mut read);
        assert_eq!(read.filled(), b"250 \r\n354 \r\n250-Aceptaci??n\r\n250 ok\r\n");
    }
}
