//! The door between the mailboxes and the rest of the program: what a mailbox asks of the journal, and what it hands
//! over. Everything that must survive a crash is behind it.
//!
//! The order of calls for one folder: [`Intake::position`], then [`Intake::adopt`] if the folder is new, then, over
//! and over, [`Intake::known`], [`Intake::take`] and [`Intake::acked`]. Calls for one folder never overlap; calls for
//! different folders do.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use jiff::Timestamp;

/// A folder under one numbering of its mails. UIDs mean something only together with all of this.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Name of the mailbox in the settings.
    pub mailbox: String,
    /// Name of the folder, UTF-8; `INBOX` in capitals.
    pub folder: String,
    /// UIDVALIDITY (RFC 3501, section 2.3.1.1).
    pub uidvalidity: u32,
    /// How often the server was caught giving used UIDs to other mails without a new UIDVALIDITY, as it happens after
    /// a restore from a backup. Nearly always 0. Part of every key: to the journal a new epoch is a new UIDVALIDITY.
    pub epoch: u32,
}

/// Where one mail was found: the first of its two keys in the journal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// The folder.
    pub place: Place,
    /// UID of the mail there.
    pub uid: u32,
}

/// As much of a mail as was fetched.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// All of it, octet for octet as the server has it.
    Whole(Arc<[u8]>),
    /// The header alone: the mail is larger than `max_mail_bytes`.
    HeaderOnly(Arc<[u8]>),
    /// The server lists the mail and failed to give it as often as it was asked. Belongs in quarantine, and is answered with
    /// [`AfterTaking::Keep`], so that it can be tried again. The header, if that much could be had (else empty), and the
    /// server's last answer.
    Unfetchable {
        /// The header, or nothing.
        header: Arc<[u8]>,
        /// What the server said, or what happened instead.
        reason: String,
    },
}

/// One mail on its way in.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// Where it was found.
    pub source: Source,
    /// INTERNALDATE: when the server received it. Has to be kept with the journal row, see [`Known`].
    pub received: Option<Timestamp>,
    /// Size by the server's account (RFC822.SIZE), octets; may differ a little from the octets fetched (Exchange).
    pub size: u64,
    /// Part of an old stock that the administrator released with `--backlog`: it makes tickets and sends no mail.
    pub backlog: bool,
    /// The mail.
    pub content: Content,
}

/// What is to be done with a taken mail on the server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AfterTaking {
    /// What the mailbox's settings say.
    Default,
    /// Moved to this folder, because a rule says so.
    MoveTo(String),
    /// Left where it is.
    Keep,
}

/// Answer for one mail of a batch. Durable when it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It has its journal row, be it as a ticket, a duplicate or in quarantine.
    Yes {
        /// The mail.
        uid: u32,
        /// What to do with it on the server.
        after: AfterTaking,
    },
    /// Not this time; it will be brought again. After how many times it goes to quarantine is decided behind the door.
    Failed {
        /// The mail.
        uid: u32,
    },
}

/// A mail that has its journal row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The mail.
    pub uid: u32,
    /// What was decided for it on the server.
    pub after: AfterTaking,
    /// `received` of the [`Arrived`] that became this row. INTERNALDATE never changes (RFC 3501, section 2.3.3), so if
    /// the server now tells another one, the UID belongs to another mail.
    pub received: Option<Timestamp>,
}

/// The old stock of a folder that is not ours to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftAlone {
    /// Only mails with a UID up to this.
    pub through: u32,
    /// Only mails received before this.
    pub received_before: Timestamp,
}

/// What the journal knows of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// Nothing, under no UIDVALIDITY: the rule for the first start applies.
    FirstStart,
    /// It knows the folder under another UIDVALIDITY. All UIDs are void; content alone tells what was taken before.
    Renumbered {
        /// `received_before` of the folder's last [`LeftAlone`], if there was one and it was not released since.
        leave_before: Option<Timestamp>,
    },
    /// It knows the folder.
    Known {
        /// The last epoch of this UIDVALIDITY.
        epoch: u32,
        /// Every mail with a UID up to this is journalled and acknowledged, or left alone, or gone.
        cursor: u32,
        /// Journalled, and the server was not told yet, as far as we know. Rising.
        owed: Vec<u32>,
        /// Old stock to pass over.
        left_alone: Option<LeftAlone>,
    },
}

/// Why the journal cannot answer now. It was logged where it happened; the mailbox waits and comes again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the journal cannot take mail now: {0}")]
pub struct IntakeError(pub String);

/// The journal, as the mailboxes see it. Every method that returns `Ok` has made its effect durable.
pub trait Intake: Send + Sync {
    /// What is known of a folder with this UIDVALIDITY (in its last epoch).
    fn position(
        &self,
        mailbox: &str,
        folder: &str,
        uidvalidity: u32,
    ) -> impl Future<Output = Result<Position, IntakeError>> + Send;

    /// From now on the folder is ours in this numbering, cursor 0 if it is new, minus this old stock. Called again
    /// with `None` when an old stock has been taken (`--backlog`).
    fn adopt(
        &self,
        place: &Place,
        left_alone: Option<LeftAlone>,
    ) -> impl Future<Output = Result<(), IntakeError>> + Send;

    /// Which of these UIDs have their journal row, acknowledged or not. At most 1,000 UIDs, rising.
    fn known(
        &self,
        place: &Place,
        uids: &[u32],
    ) -> impl Future<Output = Result<Vec<Known>, IntakeError>> + Send;

    /// Takes a batch, in this order: counts and commits the attempts, then decides and commits each mail. One answer for
    /// each; a mail without an answer counts as [`Taken::Failed`]. A mail whose source is journalled already is
    /// answered with what was decided then; one whose content is (second key) becomes a duplicate, with what was
    /// decided for the first.
    fn take(&self, batch: Vec<Arrived>) -> impl Future<Output = Result<Vec<Taken>, IntakeError>> + Send;

    /// The server was told what to do with these; and `cursor` holds from now on (see [`Position`]). It may be lower
    /// than before, when a mail turned up late below it.
    fn acked(
        &self,
        place: &Place,
        uids: &[u32],
        cursor: u32,
    ) -> impl Future<Output = Result<(), IntakeError>> + Send;

    /// Tells the administrator. Called when a condition begins, not again while it lasts.
    fn report(&self, mailbox: &str, condition: Condition) -> impl Future<Output = ()> + Send;
}

/// What an administrator has to know about a mailbox. `Display` is the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The server refuses user and password or token; its words. Tried again at growing intervals.
    LoginRefused(String),
    /// No password or token to be had.
    NoSecret(String),
    /// The certificate is not what it should be.
    CertificateRefused(String),
    /// Nothing was taken for some minutes, for this reason. Follows failed attempts only, never mere quiet.
    Stalled(String),
    /// The end of any of the conditions above.
    Recovered,
    /// A watched folder is not there.
    FolderMissing {
        /// Its name.
        folder: String,
        /// What the server said.
        answer: String,
    },
    /// A watched folder cannot be written: mails are taken, and stay where they are.
    ReadOnly {
        /// Its name.
        folder: String,
    },
    /// The server refuses to move, flag or delete.
    AckRefused {
        /// The watched folder.
        folder: String,
        /// What was to be done, and what the server said.
        answer: String,
    },
    /// First start on a full folder: the old mails wait for `run --backlog`.
    BacklogLeftAlone {
        /// Its name.
        folder: String,
        /// How many.
        mails: usize,
    },
    /// New UIDVALIDITY: all mails are looked at again, by content.
    Renumbered {
        /// The folder.
        folder: String,
    },
    /// Used UIDs stand for other mails: the server was restored from a backup. Looked at again, by content.
    Rewound {
        /// The folder.
        folder: String,
    },
    /// The server lists a mail and does not give it; a quarantine ticket says so.
    Unfetchable {
        /// The folder.
        folder: String,
        /// The mail.
        uid: u32,
        /// What the server said.
        reason: String,
    },
}

impl Condition {
    /// True if [`Condition::Recovered`] will follow when it is over; false for what is only told.
    pub fn lasts(&self) -> bool {
        match self {
            Self::LoginRefused(_)
            | Self::NoSecret(_)
            | Self::CertificateRefused(_)
            | Self::Stalled(_)
            | Self::FolderMissing { .. } => true,
            Self::Recovered
            | Self::ReadOnly { .. }
            | Self::AckRefused { .. }
            | Self::BacklogLeftAlone { .. }
            | Self::Renumbered { .. }
            | Self::Rewound { .. }
            | Self::Unfetchable { .. } => false,
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoginRefused(answer) => write!(out, "the server refuses the login: {answer}"),
            Self::NoSecret(reason) | Self::CertificateRefused(reason) => out.write_str(reason),
            Self::Stalled(reason) => write!(out, "no mail can be taken: {reason}"),
            Self::Recovered => out.write_str("mail is taken again"),
            Self::FolderMissing { folder, answer } => {
                write!(
                    out,
                    "the folder {folder} cannot be opened: {answer}; create it or take it out of `folders`"
                )
            }
            Self::ReadOnly { folder } => {
                write!(out, "the folder {folder} is read-only: its mails are taken and stay where they are")
            }
            Self::AckRefused { folder, answer } => {
                write!(out, "mails taken from {folder} stay there: {answer}")
            }
            Self::BacklogLeftAlone { folder, mails } => write!(
                out,
                "{mails} mails in {folder} are older than 7 days and were left alone; `taquilla run --backlog` makes \
                 tickets of them without sending mail"
            ),
            Self::Renumbered { folder } => {
                write!(
                    out,
                    "the server numbers the mails in {folder} anew (UIDVALIDITY); each is looked at again"
                )
            }
            Self::Rewound { folder } => write!(
                out,
                "in {folder} the server uses old mail numbers for other mails, as after a restore from a backup; each \
                 is looked at again"
            ),
            Self::Unfetchable { folder, uid, reason } => {
                write!(out, "mail {uid} in {folder} cannot be fetched and is in quarantine: {reason}")
            }
        }
    }
}

impl Content {
    /// The octets that there are.
    pub fn bytes(&self) -> &Arc<[u8]> {
        match self {
            Self::Whole(bytes) | Self::HeaderOnly(bytes) | Self::Unfetchable { header: bytes, .. } => bytes,
        }
    }
}

impl fmt::Debug for Content {
    // A body must not end up in a log by way of a debug line.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => write!(out, "Whole({} octets)", bytes.len()),
            Self::HeaderOnly(bytes) => write!(out, "HeaderOnly({} octets)", bytes.len()),
            Self::Unfetchable { header, reason } => {
                write!(out, "Unfetchable({} octets of header, {reason:?})", header.len())
            }
        }
    }
}
