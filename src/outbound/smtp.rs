//! One connection to the SMTP server, and one mail at a time over it: the only user of the transport of its library.
//!
//! The library's own pool is not used: it sets no TCP_NODELAY (40 ms a mail), and it offers no moment between the
//! server's 354 and the content, which is when the outbox has to know. Here each mail is a transaction of one
//! recipient, and whatever fails says at which step and whether the server may have the mail.

mod line;
mod link;
mod login;

use std::future::Future;
use std::time::Duration;

use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::{ClientId, Extension};
use lettre::transport::smtp::response::Response;

use super::compose;
use super::schedule::{self, Refusal, Step};
use crate::config::secret::SecretError;
use crate::config::smtp::{SenderPolicy, SmtpSettings};
use crate::desk::EnvelopeSender;
use crate::tls::TlsError;
use line::Line;

/// Octets a second that the slowest line carries; the time for a large mail is reckoned with it.
const SLOWEST: u64 = 8 * 1024;
/// Longest wait for a TCP connection, and for a farewell.
const CONNECT: Duration = Duration::from_secs(30);

/// Why there is no connection, or none any more. A sentence for the administrator.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// No address, or nobody there.
    #[error("no connection to {host} port {port}: {why}")]
    Connect {
        /// The host.
        host: String,
        /// The port.
        port: u16,
        /// What the system said.
        why: String,
    },
    /// The server said nothing for too long.
    #[error("the server did not answer in time ({0})")]
    Timeout(&'static str),
    /// TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// No STARTTLS, or something was said before TLS that belongs behind it.
    #[error("{0}")]
    StartTls(&'static str),
    /// `tls = "none"` and a host elsewhere.
    #[error("{0} is not this machine: without TLS mails are given to this machine only; set `tls`")]
    NotLoopback(String),
    /// There is no password or token.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The server offers no way to log in with what we have.
    #[error("the server offers no login with {0}; is it the right port, and TLS on?")]
    NoMechanism(&'static str),
    /// The server refuses.
    #[error("{what} was refused: {code} {text}")]
    Refused {
        /// What we asked for.
        what: &'static str,
        /// Reply code.
        code: u16,
        /// What the server said.
        text: String,
    },
    /// The connection ended, or the server speaks something else.
    #[error("the connection broke ({what}): {why}")]
    Broken {
        /// What we were at.
        what: &'static str,
        /// What happened.
        why: String,
    },
}

impl SessionError {
    /// Whether the administrator has to act; everything else passes by itself.
    pub fn about_us(&self) -> bool {
        match self {
            Self::Refused { code, text, .. } => {
                schedule::judge(Step::Session, *code, text) == Refusal::AboutUs
            }
            Self::Tls(_)
            | Self::StartTls(_)
            | Self::NotLoopback(_)
            | Self::Secret(_)
            | Self::NoMechanism(_) => true,
            Self::Connect { .. } | Self::Timeout(_) | Self::Broken { .. } => false,
        }
    }
}

/// Why a mail was not taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendError {
    /// At which step.
    pub step: Step,
    /// What it means for the mail.
    pub refusal: Refusal,
    /// The content left and no answer came: the server may have the mail.
    pub in_doubt: bool,
    /// The connection cannot be used again.
    pub broken: bool,
    /// What the server said, or what happened.
    pub words: String,
}

/// One mail, as the outbox has it.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// Envelope sender.
    pub sender: &'a EnvelopeSender,
    /// The one recipient.
    pub recipient: &'a str,
    /// All octets.
    pub content: &'a [u8],
}

/// A connection that is ready for mails.
pub struct Session {
    connection: AsyncSmtpConnection,
    timeout: Duration,
    data_timeout: Duration,
    policy: SenderPolicy,
    /// The login, where it is an address: what a server that refuses other senders is offered.
    login: Option<String>,
    /// The server has refused another sender.
    only_login: bool,
}

impl Session {
    /// Connects, starts TLS, logs in.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn open(settings: &SmtpSettings) -> Result<Self, SessionError> {
        let hello = ClientId::default();
        let link = link::open(settings, &hello).await?;
        let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(link), &hello);
        let connection = within(settings.timeout, "greeting", greeting).await?;
        let mut session = Self {
            connection,
            timeout: settings.timeout,
            data_timeout: settings.data_timeout,
            policy: settings.envelope_sender.clone(),
            login: settings.user.clone().filter(|user| compose::checked_address(user).is_ok()),
            only_login: false,
        };
        if let (Some(user), Some(secret)) = (&settings.user, &settings.secret) {
            login::log_in(&mut session, user, &secret.read().await?).await?;
        }
        Ok(session)
    }

    /// Gives one mail to the server and returns its words of acceptance.
    ///
    /// `data_sent` is called once, after the server's 354 and before the first octet of content; what it does must be
    /// durable when it returns. If it fails, nothing is sent.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send<E: std::fmt::Display>(
        &mut self,
        mail: Outgoing<'_>,
        data_sent: impl Future<Output = Result<(), E>> + Send,
    ) -> Result<String, SendError> {
        let recipient = compose::checked_address(mail.recipient).map_err(|error| SendError {
            step: Step::Recipient,
            refusal: Refusal::Permanent,
            in_doubt: false,
            broken: false,
            words: error.to_string(),
        })?;
        self.sender(mail, recipient.to_string().is_ascii()).await?;
        let line = Line(format!("RCPT TO:<{recipient}>"));
        if let Err(refused) = self.command(Step::Recipient, &line).await {
            return Err(self.reset(refused).await);
        }
        match self.command(Step::Data, &Line("DATA".to_owned())).await {
            Ok(response) if response.has_code(354) => {}
            Ok(response) => return Err(unexpected(Step::Data, &response)),
            Err(refused) => return Err(self.reset(refused).await),
        }
        if let Err(error) = data_sent.await {
            // Behind the 354 there is no way back but to hang up (RFC 5321 section 4.1.1.4).
            return Err(SendError {
                step: Step::Data,
                refusal: Refusal::Transient,
                in_doubt: false,
                broken: true,
                words: format!("not sent, because the outbox could not note it: {error}"),
            });
        }
        self.content(mail.content).await
    }

    /// Says goodbye; what the server thinks of it does not matter any more.
    pub async fn quit(mut self) {
        let farewell = tokio::time::timeout(CONNECT.min(self.timeout), self.connection.quit()).await;
        if !matches!(farewell, Ok(Ok(_))) {
            tracing::debug!("the SMTP server did not say goodbye");
        }
    }

    /// `MAIL FROM`, with the sender that the settings and the server want.
    async fn sender(&mut self, mail: Outgoing<'_>, ascii: bool) -> Result<(), SendError> {
        let wanted = match (&self.policy, mail.sender, &self.login) {
            (SenderPolicy::Address(address), _, _) => address.clone(),
            (SenderPolicy::Auto, _, Some(login)) if self.only_login => login.clone(),
            (SenderPolicy::Auto, EnvelopeSender::Null, _) => String::new(),
            (SenderPolicy::Auto, EnvelopeSender::Address(address), _) => address.clone(),
        };
        let international = !ascii || !wanted.is_ascii() || !mail.content.is_ascii();
        if international && !self.connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            // RFC 6531 section 3.2: it must not be sent without.
            return Err(SendError {
                step: Step::Sender,
                refusal: Refusal::Permanent,
                in_doubt: false,
                broken: false,
                words: format!(
                    "the address {} is not plain ASCII, and the server does not offer SMTPUTF8",
                    mail.recipient
                ),
            });
        }
        let refused = match self.mail_from(&wanted, international).await {
            Ok(()) => return Ok(()),
            Err(refused) => self.reset(refused).await,
        };
        let login = match &self.login {
            Some(login) if refused.refusal == Refusal::AboutUs && !refused.broken && *login != wanted => {
                login.clone()
            }
            _ => return Err(refused),
        };
        if self.policy != SenderPolicy::Auto {
            return Err(refused);
        }
        match self.mail_from(&login, international).await {
            Ok(()) => {
                self.only_login = true;
                Ok(())
            }
            Err(again) => {
                self.reset(again).await;
                Err(refused)
            }
        }
    }

    async fn mail_from(&mut self, sender: &str, international: bool) -> Result<(), SendError> {
        let path = if sender.is_empty() {
            String::new()
        } else {
            let address = compose::checked_address(sender).map_err(|error| SendError {
                step: Step::Sender,
                refusal: Refusal::AboutUs,
                in_doubt: false,
                broken: false,
                words: error.to_string(),
            })?;
            address.to_string()
        };
        let parameters = if international { " BODY=8BITMIME SMTPUTF8" } else { "" };
        self.command(Step::Sender, &Line(format!("MAIL FROM:<{path}>{parameters}"))).await?;
        Ok(())
    }

    /// The content, its end, and the server's word on it.
    async fn content(&mut self, content: &[u8]) -> Result<String, SendError> {
        // The library ends the content with CRLF itself.
        let content = content.strip_suffix(b"\r\n").unwrap_or(content);
        let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
        let limit = self.data_timeout.saturating_add(Duration::from_secs(length / SLOWEST));
        match tokio::time::timeout(limit, self.connection.message(content)).await {
            Ok(Ok(response)) => Ok(words(&response)),
            Ok(Err(error)) => Err(failed(Step::Content, &error)),
            Err(_) => Err(SendError {
                step: Step::Content,
                refusal: Refusal::Transient,
                in_doubt: true,
                broken: true,
                words: "no answer to the end of the mail in time".to_owned(),
            }),
        }
    }

    /// Takes the transaction back after a refusal, so that the next mail finds a clean connection.
    async fn reset(&mut self, refused: SendError) -> SendError {
        if refused.broken {
            return refused;
        }
        let broken = self.command(Step::Sender, &Line("RSET".to_owned())).await.is_err();
        SendError { broken, ..refused }
    }

    async fn command(&mut self, step: Step, line: &Line) -> Result<Response, SendError> {
        match tokio::time::timeout(self.timeout, self.connection.command(line)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(failed(step, &error)),
            Err(_) => Err(SendError {
                step,
                refusal: Refusal::Transient,
                in_doubt: false,
                broken: true,
                words: "the server did not answer in time".to_owned(),
            }),
        }
    }
}

/// A future of the library under a deadline, its errors in our words.
async fn within<T>(
    limit: Duration,
    what: &'static str,
    future: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, SessionError> {
    match tokio::time::timeout(limit, future).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(match code(&error) {
            Some(code) => SessionError::Refused { what, code, text: said(&error) },
            None => SessionError::Broken { what, why: said(&error) },
        }),
        Err(_) => Err(SessionError::Timeout(what)),
    }
}

fn failed(step: Step, error: &lettre::transport::smtp::Error) -> SendError {
    let Some(code) = code(error) else {
        return SendError {
            step,
            refusal: Refusal::Transient,
            // Without an answer to the content nobody knows (RFC 1047).
            in_doubt: step == Step::Content,
            broken: true,
            words: format!("the connection broke: {}", said(error)),
        };
    };
    let text = said(error);
    SendError {
        step,
        refusal: schedule::judge(step, code, &text),
        in_doubt: false,
        // 421: the server closes the channel (RFC 5321 section 3.8).
        broken: code == 421,
        words: format!("{code} {text}"),
    }
}

fn unexpected(step: Step, response: &Response) -> SendError {
    SendError {
        step,
        refusal: Refusal::Transient,
        in_doubt: false,
        broken: true,
        words: format!("an answer that does not belong here: {}", words(response)),
    }
}

fn code(error: &lettre::transport::smtp::Error) -> Option<u16> {
    error.status().and_then(|code| code.to_string().parse().ok())
}

/// What the server or the system said, in at most 500 characters.
fn said(error: &lettre::transport::smtp::Error) -> String {
    let source = std::error::Error::source(error);
    let text = source.map_or_else(|| error.to_string(), ToString::to_string);
    let text = if text == "incomplete response" { "the server hung up".to_owned() } else { text };
    super::template::one_line(&text).chars().take(500).collect()
}

fn words(response: &Response) -> String {
    let text = response.message().collect::<Vec<_>>().join(" ");
    let text = super::template::one_line(&format!("{} {text}", response.code()));
    text.chars().take(500).collect()
}
