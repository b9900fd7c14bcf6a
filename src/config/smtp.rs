//! The settings of the SMTP server that takes our mails, checked. Reading them from a file is not done here.

use std::path::PathBuf;
use std::time::Duration;

use super::mailbox::Tls;
use super::secret::SecretSource;

/// Who bounces go to: the envelope sender of the mails that we send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SenderPolicy {
    /// `auto`: nobody for a program's mails (`<>`, RFC 3834 section 3.3), the queue's address for a person's. A server
    /// that refuses these gets the login's address, as Microsoft 365 and Gmail accept no other.
    Auto,
    /// Always this address.
    Address(String),
}

/// What to do with a mail of which nobody knows whether the server has it: the connection ended between the end of its
/// content and the server's answer (RFC 1047).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InDoubt {
    /// Send it again: the recipient may get it twice, under one Message-ID.
    Retry,
    /// Keep it until an operator says what to do.
    Hold,
}

/// The server, and how we use it.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Host name or address. The certificate must be for this name.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Protection of the connection.
    pub tls: Tls,
    /// A PEM file with trust anchors beside those of the operating system.
    pub ca_file: Option<PathBuf>,
    /// Login name; no login where absent.
    pub user: Option<String>,
    /// Where the password or token comes from; present whenever `user` is.
    pub secret: Option<SecretSource>,
    /// Envelope senders.
    pub envelope_sender: SenderPolicy,
    /// Longest wait for a connection or for the answer to a command.
    pub timeout: Duration,
    /// Longest wait for the answer to the end of a mail.
    pub data_timeout: Duration,
    /// Connections at a time.
    pub connections: usize,
    /// Mails a minute, over all connections; no limit where absent.
    pub rate: Option<u32>,
    /// Mails in doubt.
    pub in_doubt: InDoubt,
    /// For how long a mail is tried.
    pub give_up_after: Duration,
}

impl SmtpSettings {
    /// Default of [`Self::timeout`]: the longest of RFC 5321 section 4.5.3.2 for a command.
    pub const TIMEOUT: Duration = Duration::from_secs(5 * 60);
    /// Default of [`Self::data_timeout`]: RFC 5321 section 4.5.3.2.6. A shorter one makes second copies.
    pub const DATA_TIMEOUT: Duration = Duration::from_secs(10 * 60);
    /// Default of [`Self::connections`].
    pub const CONNECTIONS: usize = 4;
    /// Default of [`Self::give_up_after`]: RFC 5321 section 4.5.4.1 says four to five days.
    pub const GIVE_UP_AFTER: Duration = Duration::from_secs(4 * 24 * 3600);

    /// A server without login; everything else has its default.
    pub fn new(host: &str, port: u16, tls: Tls) -> Self {
        Self {
            host: host.into(),
            port,
            tls,
            ca_file: None,
            user: None,
            secret: None,
            envelope_sender: SenderPolicy::Auto,
            timeout: Self::TIMEOUT,
            data_timeout: Self::DATA_TIMEOUT,
            connections: Self::CONNECTIONS,
            rate: None,
            in_doubt: InDoubt::Retry,
            give_up_after: Self::GIVE_UP_AFTER,
        }
    }
}
