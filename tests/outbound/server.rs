//! An SMTP server that answers as a test tells it to, with or without TLS.

use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::peers::certificate::Certificate;

/// What it answers to a line (without CRLF); `None` hangs up.
pub(crate) type Answers = fn(&str) -> Option<&'static [u8]>;

pub(crate) struct Server {
    pub(crate) port: u16,
    lines: Arc<Mutex<Vec<String>>>,
}

/// When TLS begins.
pub(crate) enum Secure {
    Never,
    AtOnce(Certificate),
    AfterStartTls(Certificate),
}

impl Server {
    pub(crate) async fn start(secure: Secure, answers: Answers) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&lines);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let heard = Arc::clone(&heard);
                // One connection at a time is enough.
                match &secure {
                    Secure::Never => {
                        talk(BufReader::new(stream), true, answers, &heard).await;
                    }
                    Secure::AtOnce(certificate) => {
                        if let Ok(stream) = acceptor(certificate).accept(stream).await {
                            talk(BufReader::new(stream), true, answers, &heard).await;
                        }
                    }
                    Secure::AfterStartTls(certificate) => {
                        let Some(plain) = talk(BufReader::new(stream), true, answers, &heard).await else {
                            continue;
                        };
                        if let Ok(stream) = acceptor(certificate).accept(plain.into_inner()).await {
                            talk(BufReader::new(stream), false, answers, &heard).await;
                        }
                    }
                }
            }
        });
        Self { port, lines }
    }

    /// Every line that it was sent.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

fn acceptor(certificate: &Certificate) -> TlsAcceptor {
    let chain =
        CertificateDer::pem_file_iter(&certificate.certificate).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(&certificate.key).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    TlsAcceptor::from(Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap()))
}

/// Talks until the end; returns the stream after STARTTLS.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: BufReader<S>,
    greet: bool,
    answers: Answers,
    heard: &Mutex<Vec<String>>,
) -> Option<BufReader<S>> {
    if greet {
        stream.write_all(b"220 test\r\n").await.ok()?;
    }
    let mut in_content = false;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end_matches(['\r', '\n']);
        heard.lock().unwrap().push(line.to_owned());
        if in_content && line != "." {
            continue;
        }
        let answer = answers(line).unwrap_or(match line.split(' ').next().unwrap() {
            "EHLO" => b"250-test\r\n250-AUTH PLAIN LOGIN XOAUTH2\r\n250-STARTTLS\r\n250 8BITMIME\r\n",
            "DATA" => b"354 go\r\n",
            "STARTTLS" => b"220 go\r\n",
            "QUIT" => b"221 bye\r\n",
            _ => b"250 2.0.0 ok\r\n",
        });
        if answer == b"HANG UP" {
            return None;
        }
        stream.write_all(answer).await.ok()?;
        stream.flush().await.ok()?;
        in_content = answer.starts_with(b"354");
        if line == "STARTTLS" && answer.starts_with(b"220") {
            return Some(stream);
        }
    }
}
