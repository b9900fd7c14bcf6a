//! A mail that was decided on and is not rendered yet.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{TicketNumber, TicketRef, token};
use crate::mail::{Address, Attachment, Language, MessageId};

/// Who speaks: what RFC 3834 has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// A program's answer to a mail: `Auto-Submitted: auto-replied` (section 5.3), null envelope sender.
    AutoReply,
    /// A program's own mail: `Auto-Submitted: auto-generated` (section 5.2).
    Generated,
    /// A person's words carried on, an agent's answer: not marked as automatic.
    Human,
}

impl NoticeKind {
    /// The word in the outbox.
    pub fn word(self) -> &'static str {
        match self {
            Self::AutoReply => "auto-reply",
            Self::Generated => "generated",
            Self::Human => "human",
        }
    }
}

/// The envelope sender (RFC 5321 section 4.1.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvelopeSender {
    /// `<>`: what automatic replies carry (RFC 3834 section 3.3).
    Null,
    /// This address.
    Address(String),
}

/// What the caps of automatic mail say of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowance {
    /// Not counted: a person's words, and what people of the desk are told.
    Uncounted,
    /// Counted, and within the caps.
    Within {
        /// The recipient's domain, where a cap holds for it as well.
        domain: Option<String>,
    },
    /// Over a cap: it waits in the outbox until the hour allows it.
    Over {
        /// As above.
        domain: Option<String>,
        /// Which cap, in words.
        why: String,
    },
}

/// One mail to one recipient: what it says and on what terms it leaves.
///
/// Each recipient is a notice of its own, so that a refused recipient harms nobody else and every
/// recipient gets a token of their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// The ticket it is about.
    pub ticket: Option<TicketRef>,
    /// Its number; set whenever `ticket` is.
    pub number: Option<TicketNumber>,
    /// Template name, such as `ticket-created`.
    pub template: String,
    /// Language of the template.
    pub language: Language,
    /// Author in the header.
    pub from: Address,
    /// The one recipient, envelope and header.
    pub to: Address,
    /// Further addresses in the `To` and `Cc` headers of which each gets a notice of its own.
    pub cc: Vec<Address>,
    /// What the template fills in.
    pub data: Map<String, Value>,
    /// Who speaks.
    pub kind: NoticeKind,
    /// The mail that it answers.
    pub in_reply_to: Option<MessageId>,
    /// The thread, oldest first, `in_reply_to` last.
    pub references: Vec<MessageId>,
    /// Carry a token of this kind for `to`, in the Message-ID and at the foot.
    pub token: Option<token::Use>,
    /// Not to be sent earlier: the hold before an answer leaves.
    pub not_before: Option<Timestamp>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Whether it may leave now; weighed last, when a decision is finished.
    pub allowance: Allowance,
}
