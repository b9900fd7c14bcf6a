//! Fetch, commit, acknowledge: the order of things for one watched folder, as a machine without I/O.
//!
//! It is told what happened ([`Input`]) and says what to do next ([`Step`]); it holds UIDs and sizes, never a mail, and
//! knows neither socket nor database nor clock. `mailbox.rs` drives it against a server, `tests/simulation.rs`
//! against a model of one, through every crash that its seeds can think of. What it promises:
//!
//! 1. A mail is acknowledged (moved, flagged, deleted) only after the journal answered that it has its row.
//! 2. The cursor never passes a mail that was listed and is neither journalled and acknowledged, nor left alone, nor gone.
//! 3. A mail that is listed and not given is asked for by itself; after [`Settings::tries`] times it goes to quarantine
//!    instead, so that it cannot hold up the others. A mail that is not listed any more is gone, which is normal.
//! 4. UIDs count only under one UIDVALIDITY and epoch. A new one voids all that is remembered.
//! 5. Whatever was done twice costs nothing: the journal is asked before each fetch, and an acknowledgement is repeated
//!    as long as the mail is still seen.
//!
//! Two things may be under way at a time, one with the server and one with the journal, so that a batch is decided while
//! the next is fetched. Calls: [`Machine::step`] until it gives nothing, then [`Machine::input`] with the answer of
//! either; [`Machine::disconnected`] when the session or the journal failed.

mod batch;
mod listing;
mod machine;
mod session;
mod steps;

use jiff::Timestamp;

use super::intake::{Condition, Known, LeftAlone, Position, Taken};
use crate::config::mailbox::AfterCommit;

pub use listing::Windows;
pub use machine::Machine;

/// What does not change for a folder while the program runs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Name of the folder, for the conditions that are reported.
    pub folder: String,
    /// What is done with a taken mail.
    pub after: AfterCommit,
    /// Take the old stock that was left alone at the first start.
    pub backlog: bool,
    /// Above this size only the header is fetched. Octets.
    pub max_mail_bytes: u64,
    /// Above this size a mail is fetched alone, in pieces. Octets.
    pub piece_bytes: u32,
    /// A batch holds at most so many mails ...
    pub batch_mails: usize,
    /// ... and so many octets, unless a single mail has more.
    pub batch_bytes: u64,
    /// How often a mail may fail alone before it is given up.
    pub tries: u32,
    /// So many UIDs below the cursor are looked at again with each session, for mails that turned up late and for UIDs
    /// that stand for other mails than they did.
    pub sweep: u32,
    /// At the first start, more old mails than this are left alone.
    pub first_start_mails: usize,
}

impl Settings {
    /// The settings of a folder, with the limits that are no settings of the mailbox at their defaults.
    pub fn new(folder: &str, after: AfterCommit) -> Self {
        Self {
            folder: folder.into(),
            after,
            backlog: false,
            max_mail_bytes: crate::config::mailbox::MailboxSettings::MAX_MAIL_BYTES,
            piece_bytes: crate::config::mailbox::MailboxSettings::PIECE_BYTES,
            batch_mails: 200,
            batch_bytes: 4 * 1024 * 1024,
            tries: 5,
            sweep: 1000,
            first_start_mails: 50,
        }
    }
}

/// One line of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// The mail.
    pub uid: u32,
    /// RFC822.SIZE, octets.
    pub size: u64,
    /// INTERNALDATE.
    pub received: Option<Timestamp>,
    /// It has the flag `\Deleted`.
    pub deleted: bool,
    /// It has the keyword of [`AfterCommit::Flag`].
    pub flagged: bool,
}

/// Which mails to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// From the first UID to the second; without a second, to the end. (`n:*` gives the last mail even below `n`,
    /// RFC 3501, section 6.4.8; the machine passes over it.)
    Range(u32, Option<u32>),
    /// These, rising.
    Set(Vec<u32>),
}

/// How much of a mail to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All, in one answer.
    Whole,
    /// All, in pieces of [`Settings::piece_bytes`].
    Pieces,
    /// The header: the mail is too large.
    HeaderOnly,
    /// The header: the mail could not be had.
    LastResort,
}

/// A mail to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Want {
    /// The mail.
    pub uid: u32,
    /// Its size as listed, octets.
    pub size: u64,
    /// INTERNALDATE as listed.
    pub received: Option<Timestamp>,
    /// How much.
    pub extent: Extent,
    /// It belongs to an old stock that is taken on request.
    pub backlog: bool,
}

impl Span {
    /// First and last UID.
    pub fn bounds(&self) -> (u32, u32) {
        match self {
            Self::Range(low, high) => (*low, high.unwrap_or(u32::MAX)),
            Self::Set(uids) => {
                (uids.first().copied().unwrap_or_default(), uids.last().copied().unwrap_or_default())
            }
        }
    }
}

/// What the server is told about taken mails.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ack {
    /// Move them to this folder.
    Move(String),
    /// Give them this keyword.
    Flag(String),
    /// Delete them.
    Delete,
}

/// A mail to hand over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// As it was asked for.
    pub want: Want,
    /// It could not be fetched, for this reason: it goes to quarantine, with its header if the last resort gave one.
    pub unfetchable: Option<String>,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Server: list; answer with [`Input::Listed`].
    List(Span),
    /// Server: fetch, all of one [`Extent`]; answer with [`Input::Fetched`] and keep what was got until it is taken.
    Fetch(Vec<Want>),
    /// Server: acknowledge; answer with [`Input::Acked`].
    Ack {
        /// The mails, rising.
        uids: Vec<u32>,
        /// What to do with them.
        how: Ack,
    },
    /// Journal: ask for the position; answer with [`Input::Position`].
    AskPosition {
        /// UIDVALIDITY of the folder.
        uidvalidity: u32,
    },
    /// Journal: adopt the folder; answer with [`Input::Adopted`].
    Adopt {
        /// The epoch.
        epoch: u32,
        /// What is passed over.
        left_alone: Option<LeftAlone>,
    },
    /// Journal: ask which of these are there; answer with [`Input::Known`].
    AskKnown(Vec<u32>),
    /// Journal: take these; answer with [`Input::Taken`].
    Take(Vec<Handover>),
    /// Journal: these are acknowledged, and the cursor stands here; answer with [`Input::Recorded`].
    Record {
        /// Acknowledged mails.
        acked: Vec<u32>,
        /// The cursor.
        cursor: u32,
    },
    /// Tell the administrator. There is no answer.
    Report(Condition),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The folder was opened.
    Opened {
        /// UIDVALIDITY.
        uidvalidity: u32,
        /// UIDNEXT, where the server tells it.
        uidnext: Option<u32>,
        /// Number of mails.
        exists: u32,
        /// It cannot be written.
        read_only: bool,
        /// Mails received before this are old, should this turn out to be the first start: seven days ago.
        old_before: Timestamp,
    },
    /// Answer to [`Step::List`].
    Listed(Vec<Listed>),
    /// Answer to [`Step::Fetch`].
    Fetched {
        /// UIDs of the mails got, all among those asked for.
        got: Vec<u32>,
        /// What the server said if it refused.
        refused: Option<String>,
    },
    /// Answer to [`Step::Ack`]: done, or what the server said.
    Acked(Result<(), String>),
    /// Answer to [`Step::AskPosition`].
    Position(Position),
    /// Answer to [`Step::Adopt`].
    Adopted,
    /// Answer to [`Step::AskKnown`].
    Known(Vec<Known>),
    /// Answer to [`Step::Take`].
    Taken(Vec<Taken>),
    /// Answer to [`Step::Record`].
    Recorded,
    /// Time to look again.
    Wake {
        /// Not only for new mails: also for those that failed, and for those that turned up late.
        full: bool,
    },
}
