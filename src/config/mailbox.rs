//! The settings of one mailbox, checked: what `ingest` is given. Reading them from a file is not done here.

use std::path::PathBuf;
use std::time::Duration;

use super::secret::SecretSource;

/// How the connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tls {
    /// TLS from the first octet (RFC 8314, section 3): port 993 for IMAP, 465 for SMTP.
    Implicit,
    /// A plain connection that must become TLS before anything else is said; never opportunistic.
    StartTls,
    /// No protection; accepted for addresses of the loopback interface only.
    None,
}

/// What is done with a mail on the server once its journal row is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterCommit {
    /// Moved to this folder (a name as people read it, UTF-8), which is created if it is missing.
    Move(String),
    /// Given this keyword (RFC 3501, section 2.3.2) and left where it is.
    Flag(String),
    /// Left alone.
    Keep,
    /// Deleted.
    Delete,
}

/// One mailbox: where it is, who we are there, which folders are watched and how.
#[derive(Debug, Clone)]
pub struct MailboxSettings {
    /// The name by which journal, log and alarms call it. Unique.
    pub name: String,
    /// Host name or address of the IMAP server. The certificate must be for this name.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Protection of the connection.
    pub tls: Tls,
    /// A PEM file with trust anchors beside those of the operating system (a company's own authority).
    pub ca_file: Option<PathBuf>,
    /// Login name.
    pub user: String,
    /// Where the password or the OAuth 2 access token comes from.
    pub secret: SecretSource,
    /// Folders to watch, names as people read them (UTF-8), `INBOX` in any case. At least one.
    pub folders: Vec<String>,
    /// What is done with a mail after it was taken; a rule may say otherwise for one mail.
    pub after: AfterCommit,
    /// Queue of tickets that come from here; absent: the desk's default.
    pub queue: Option<String>,
    /// Time between two looks where the server has no IDLE, and between two attempts of what failed.
    pub poll: Duration,
    /// Time after which IDLE is ended and begun again, with a look in between whatever the server said.
    pub idle_renewal: Duration,
    /// Mails larger than this are not fetched: the header alone is. Octets.
    pub max_mail_bytes: u64,
    /// Mails larger than this are fetched in pieces of this size. Octets.
    pub piece_bytes: u32,
    /// Longest silence of the server that is waited for, and the time for one command beyond the transfer itself.
    pub command_timeout: Duration,
}

impl MailboxSettings {
    /// Default of [`Self::poll`].
    pub const POLL: Duration = Duration::from_secs(60);
    /// Default of [`Self::idle_renewal`]: RFC 2177 allows 29 minutes, address translators cut sooner.
    pub const IDLE_RENEWAL: Duration = Duration::from_secs(9 * 60);
    /// Default of [`Self::max_mail_bytes`].
    pub const MAX_MAIL_BYTES: u64 = 40 * 1024 * 1024;
    /// Default of [`Self::piece_bytes`].
    pub const PIECE_BYTES: u32 = 1024 * 1024;
    /// Default of [`Self::command_timeout`].
    pub const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);

    /// A mailbox of which only the account is known; everything else has its default: implicit TLS, `INBOX`,
    /// mails moved to `Processed`.
    pub fn new(name: &str, host: &str, port: u16, user: &str, secret: SecretSource) -> Self {
        Self {
            name: name.into(),
            host: host.into(),
            port,
            tls: Tls::Implicit,
            ca_file: None,
            user: user.into(),
            secret,
            folders: vec!["INBOX".into()],
            after: AfterCommit::Move("Processed".into()),
            queue: None,
            poll: Self::POLL,
            idle_renewal: Self::IDLE_RENEWAL,
            max_mail_bytes: Self::MAX_MAIL_BYTES,
            piece_bytes: Self::PIECE_BYTES,
            command_timeout: Self::COMMAND_TIMEOUT,
        }
    }
}
