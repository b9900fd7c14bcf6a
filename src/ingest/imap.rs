//! An IMAP server, as far as taking mail from it goes (RFC 3501, RFC 9051). The only user of the IMAP crate.
//!
//! A [`Session`] is one connection with one folder open. It obeys: what to do and in which order is decided in
//! `protocol.rs`, when to connect again in `mailbox.rs`. UID commands only. Any error but [`ImapError::Refused`] means
//! that the session is to be dropped: answers and commands may have lost each other. For the same reason its futures
//! must be driven to their end or the session dropped with them.

mod acks;
mod fetch;
mod guard;
mod idle;
mod line;
mod login;
mod names;
mod wire;

use std::collections::BTreeSet;
use std::time::Duration;

use async_imap::imap_proto::{MailboxDatum, Response, ResponseCode, StatusAttribute};

use crate::config::mailbox::{AfterCommit, MailboxSettings};
use crate::config::secret::SecretError;
use crate::tls::TlsError;

pub use fetch::Fetched;
pub use idle::Woken;

use line::Line;

/// Why a server was of no use.
#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    /// The name has no address, or nobody answers there.
    #[error("{host} port {port} cannot be reached: {reason}")]
    Unreachable {
        /// Host in the settings.
        host: String,
        /// Port in the settings.
        port: u16,
        /// What the network said.
        reason: String,
    },
    /// No TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// `tls = "none"` for a server elsewhere.
    #[error(
        "{0} is not on this machine: without TLS the password would be open to all in between; set `tls`"
    )]
    PlainRefused(String),
    /// The server does not do what the settings ask for.
    #[error("{0}")]
    Unable(String),
    /// No password or token to be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The login was refused; the server's words.
    #[error("login refused: {0}")]
    LoginRefused(String),
    /// The server refuses a command (NO or BAD); the connection is as before.
    #[error("the server says: {answer}")]
    Refused {
        /// Its words.
        answer: String,
        /// It says that the folder might be created (RFC 3501, section 7.1, TRYCREATE).
        try_create: bool,
    },
    /// The folder cannot be opened.
    #[error("the folder {folder} cannot be opened: {answer}")]
    FolderMissing {
        /// Its name.
        folder: String,
        /// What the server said.
        answer: String,
    },
    /// No answer within this time.
    #[error("no answer within {} seconds", .0.as_secs())]
    Silent(Duration),
    /// The connection ended; how.
    #[error("{0}")]
    Closed(String),
    /// The server sent what must not be read further; what.
    #[error("the server sent {0}")]
    Broken(String),
}

/// What an error means for the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// It may go by itself.
    Transient,
    /// Somebody has to change something; tried again all the same, seldom.
    Permanent,
}

impl ImapError {
    /// Whether waiting may help.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Unreachable { .. }
            | Self::Refused { .. }
            | Self::Silent(_)
            | Self::Closed(_)
            | Self::Broken(_)
            | Self::Tls(TlsError::Handshake { .. }) => Disposition::Transient,
            Self::Tls(_)
            | Self::PlainRefused(_)
            | Self::Unable(_)
            | Self::Secret(_)
            | Self::LoginRefused(_)
            | Self::FolderMissing { .. } => Disposition::Permanent,
        }
    }
}

/// A folder as it was when it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// UIDVALIDITY.
    pub uidvalidity: u32,
    /// UIDNEXT, where the server tells it.
    pub uidnext: Option<u32>,
    /// Number of mails.
    pub exists: u32,
    /// It cannot be written.
    pub read_only: bool,
}

/// A connection after login.
pub struct Session {
    line: Line,
    capabilities: Vec<String>,
    /// The keyword that stands for "taken", if that is how mails are acknowledged.
    keyword: Option<String>,
    piece_bytes: u32,
    max_mail_bytes: u64,
    /// Keywords that the open folder keeps (PERMANENTFLAGS); `None` if the server did not say.
    keeps: Option<Vec<String>>,
    idle_refused: bool,
    /// Sets of mails of which a folder has its copy, and that could not be deleted yet (servers without MOVE).
    copied: BTreeSet<(String, String)>,
}

impl Session {
    /// Connects and logs in.
    ///
    /// # Errors
    /// All but those about folders.
    pub async fn connect(settings: &MailboxSettings) -> Result<Self, ImapError> {
        let (mut line, capabilities) = login::connect(settings).await?;
        if capabilities.iter().any(|name| name == "ID") {
            // RFC 2971; some servers refuse to go on without it, none is asked for its own.
            let command = format!("ID (\"name\" \"taquilla\" \"version\" \"{}\")", env!("CARGO_PKG_VERSION"));
            forgive(line.exec(&command, &mut |_| ()).await)?;
        }
        let keyword = match &settings.after {
            AfterCommit::Flag(keyword) => Some(keyword.clone()),
            AfterCommit::Move(_) | AfterCommit::Keep | AfterCommit::Delete => None,
        };
        Ok(Self {
            line,
            capabilities,
            keyword,
            piece_bytes: settings.piece_bytes.max(1024),
            max_mail_bytes: settings.max_mail_bytes,
            keeps: None,
            idle_refused: false,
            copied: BTreeSet::new(),
        })
    }

    /// True if the server has this capability; in capitals.
    pub fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|name| name == capability)
    }

    /// Opens a folder.
    ///
    /// # Errors
    /// [`ImapError::FolderMissing`] if the server refuses; [`ImapError::Unable`] if it has no UIDs that last.
    pub async fn open(&mut self, folder: &str) -> Result<Opened, ImapError> {
        self.open_by("SELECT", folder).await
    }

    /// Opens a folder so that nothing in it can change, not even the mark that a mail is new (RFC 3501, section 6.3.2).
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn examine(&mut self, folder: &str) -> Result<Opened, ImapError> {
        self.open_by("EXAMINE", folder).await
    }

    async fn open_by(&mut self, verb: &str, folder: &str) -> Result<Opened, ImapError> {
        let name = names::quoted_folder(folder);
        let (mut uidvalidity, mut uidnext, mut exists, mut keeps) = (None, None, 0, None);
        self.line.uidvalidity = None;
        let mut each = |response: &Response<'_>| {
            if let Response::MailboxData(MailboxDatum::Exists(count)) = response {
                exists = *count;
            }
            let Response::Data { outcome, .. } = response else { return };
            match &outcome.code {
                Some(ResponseCode::UidValidity(number)) => uidvalidity = Some(*number),
                Some(ResponseCode::UidNext(number)) => uidnext = Some(*number),
                Some(ResponseCode::PermanentFlags(flags)) => {
                    keeps = Some(flags.iter().map(|flag| flag.to_ascii_lowercase()).collect());
                }
                _ => {}
            }
        };
        let answer = match self.line.exec(&format!("{verb} {name}"), &mut each).await {
            Err(ImapError::Refused { answer, .. }) => {
                return Err(ImapError::FolderMissing { folder: folder.into(), answer });
            }
            other => other?,
        };
        if uidnext.is_none() {
            // Required in an answer to SELECT since RFC 3501, section 6.3.1, and forgotten by some.
            let status = format!("STATUS {name} (UIDNEXT)");
            let mut each = |response: &Response<'_>| {
                if let Response::MailboxData(MailboxDatum::Status { status, .. }) = response {
                    uidnext = status.iter().find_map(next_of);
                }
            };
            forgive(self.line.exec(&status, &mut each).await)?;
        }
        let uidvalidity = uidvalidity
            .ok_or_else(|| ImapError::Unable("the server has no UIDVALIDITY (RFC 3501)".into()))?;
        self.line.uidvalidity = Some(uidvalidity);
        self.line.news = false;
        self.keeps = keeps;
        Ok(Opened { uidvalidity, uidnext, exists, read_only: answer.read_only })
    }

    /// True if the server said since the last call that there is more in the folder.
    pub fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.line.news)
    }

    /// Gives the server an occasion to say what is new; see [`Self::take_news`].
    ///
    /// # Errors
    /// Any.
    pub async fn poll(&mut self) -> Result<(), ImapError> {
        self.line.exec("NOOP", &mut |_| ()).await.map(drop)
    }

    /// Says goodbye, without waiting for an answer longer than a moment.
    pub async fn leave(mut self) {
        if let Ok(tag) = self.line.send("LOGOUT").await {
            let soon = self.line.deadline(0).min(tokio::time::Instant::now() + Duration::from_secs(2));
            drop(self.line.hear(&tag, soon, &mut |_| ()).await);
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "one of many attributes")]
fn next_of(attribute: &StatusAttribute) -> Option<u32> {
    match attribute {
        StatusAttribute::UidNext(number) => Some(*number),
        _ => None,
    }
}

/// A refusal that does not matter.
fn forgive<T>(result: Result<T, ImapError>) -> Result<(), ImapError> {
    match result {
        Ok(_) | Err(ImapError::Refused { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
