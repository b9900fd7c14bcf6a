//! What can happen to a desk.

use std::fmt;

use jiff::Timestamp;

use super::{Evidence, HeldFor};
use crate::desk::{TicketId, Timer};
use crate::mail::{Classified, Digest, Mail};
use crate::outbound::data;

/// Something that asks for a decision.
#[derive(Debug, Clone)]
pub enum Event {
    /// A mail has come.
    Mail(Box<Incoming>),
    /// A timer is due.
    Timer(Timer),
    /// A person at the command line, or the program about itself.
    Request(Request),
}

/// A mail with what was found out about it.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// Name of the mailbox in the settings; `deliver` and `import` where it came by these.
    pub mailbox: String,
    /// The queue that the mailbox names.
    pub queue: Option<String>,
    /// The mail.
    pub mail: Mail,
    /// The mails that an agent's mail carries as attachments (message/rfc822), in their order: forwarded ones.
    pub forwarded: Vec<Mail>,
    /// Its class.
    pub classified: Classified,
    /// What the border says of the sender.
    pub verdicts: Verdicts,
    /// What has been proved outside the mail.
    pub proof: Proof,
    /// When the server got it.
    pub received: Option<Timestamp>,
    /// Why it could not be processed, where it goes straight to quarantine.
    pub unfit: Option<Unfit>,
    /// History: no mail leaves because of it.
    pub silent: bool,
    /// A person let it in: it is not parked.
    pub let_in: bool,
    /// What was said about the tickets of history; nothing for any other mail.
    pub history: History,
}

/// What whoever brings history says about its tickets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// Their queue, whatever the rules say.
    pub queue: Option<String>,
    /// The rules are not asked.
    pub without_rules: bool,
    /// The state that they have, as far as all their mails are older than the time.
    pub state: Option<(String, Timestamp)>,
}

/// Why a mail goes to the quarantine without having been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// Over the limit of the desk; its header was read.
    TooLarge {
        /// Octets.
        size: u64,
    },
    /// The server lists it and does not give it; what it says.
    Unfetchable(String),
    /// The program went down with it so many times.
    Crashed(u32),
}

impl fmt::Display for Unfit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { size } => write!(out, "larger than the desk takes: {}", data::size(*size)),
            Self::Unfetchable(reason) => write!(out, "the server lists it and does not give it: {reason}"),
            Self::Crashed(times) => write!(out, "the program went down with it {times} times"),
        }
    }
}

/// What is proved about the sender by other means than the mail itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// Nothing.
    None,
    /// The mail waited and was confirmed from the registered address of this agent.
    Confirmed {
        /// Whose it is.
        login: String,
        /// The row in `held` that it waited in.
        held: i64,
        /// To what the agent said yes.
        held_for: HeldFor,
        /// About which ticket that was asked.
        ticket: Option<TicketId>,
    },
    /// `explain --from-agent LEVEL`: suppose this level for the agent in `From`.
    Supposed(u8),
}

/// What the header says about who the sender is, read by `ingest::evidence`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdicts {
    /// The trusted border says `dmarc=pass` for the domain of `From`.
    pub dmarc_pass: bool,
    /// The trusted border says `auth=pass` for the address in `From` (authenticated submission).
    pub submission: bool,
    /// The configured internal header stands there.
    pub internal: bool,
    /// The trusted border, or any check of ours, says that the mail is forged or spam.
    pub fail: bool,
    /// Marked as spam.
    pub spam: bool,
    /// What our own check of its signatures found, where it was made.
    pub dkim: Option<Signed>,
    /// Each verdict with its source.
    pub evidence: Vec<Evidence>,
}

/// What our own check of DKIM signatures (RFC 6376) found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signed {
    /// The domain of the author's address, or one above it, vouches for the mail.
    Holds {
        /// Who signed.
        domain: String,
        /// With which key.
        selector: String,
    },
    /// Nobody does, and why.
    Not(String),
}

/// What stands between the domain and the selector in the journal.
const VOUCHES: &str = " vouches for it (DKIM, selector ";

impl Signed {
    /// The form in which the journal keeps it.
    pub fn to_text(&self) -> String {
        match self {
            Self::Holds { domain, selector } => format!("pass: {domain}{VOUCHES}{selector})"),
            Self::Not(why) => format!("none: {why}"),
        }
    }

    /// Reads [`to_text`](Self::to_text) back.
    pub fn from_text(text: &str) -> Option<Self> {
        match text.split_once(": ")? {
            ("pass", words) => {
                let (domain, selector) = words.split_once(VOUCHES)?;
                let selector = selector.strip_suffix(')')?.to_owned();
                Some(Self::Holds { domain: domain.to_owned(), selector })
            }
            (_, why) => Some(Self::Not(why.to_owned())),
        }
    }
}

/// What a person asks for at the command line, or what the program itself reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// An outgoing mail was given up.
    GivenUp {
        /// Its ticket.
        ticket: Option<TicketId>,
        /// For whom it was.
        recipient: String,
        /// Its subject.
        subject: String,
        /// What the last server said.
        why: String,
        /// It was an automatic mail.
        automatic: bool,
    },
    /// Everything of a person is to be erased.
    Erase {
        /// Address.
        address: String,
        /// Raw mails that name it, as the store found them.
        named_in: Vec<Digest>,
    },
    /// Something the administrator should know: a mailbox that stalls, a refused rule set.
    Alarm {
        /// One line.
        subject: String,
        /// What is wrong and what to do.
        text: String,
    },
}
