//! One entry of a ticket.

use std::sync::Arc;

use jiff::Timestamp;

use crate::mail::{Address, Attachment, Digest, MessageId};

/// How it reached the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// A mail, in or out.
    Mail,
    /// A note.
    Note,
    /// A telephone call.
    Phone,
    /// A chat.
    Chat,
    /// A visit.
    Person,
}

impl Channel {
    /// All channels.
    pub const ALL: [Self; 5] = [Self::Mail, Self::Note, Self::Phone, Self::Chat, Self::Person];

    /// The word in lists and in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Note => "note",
            Self::Phone => "phone",
            Self::Chat => "chat",
            Self::Person => "person",
        }
    }

    /// Reads [`word`](Self::word) back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.word() == word)
    }
}

/// On whose side the author stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SenderKind {
    /// Who asks, or a stranger.
    Customer,
    /// Who works here.
    Agent,
    /// The program, or another program.
    System,
    /// A firm outside the house.
    Supplier,
}

impl SenderKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Customer, Self::Agent, Self::System, Self::Supplier];

    /// The word that scripts rely on.
    pub fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Agent => "agent",
            Self::System => "system",
            Self::Supplier => "supplier",
        }
    }

    /// Reads [`word`](Self::word) back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// An article about to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewArticle {
    /// How it came.
    pub channel: Channel,
    /// Who wrote it.
    pub sender: SenderKind,
    /// The customer may see it.
    pub visible: bool,
    /// Author, as shown.
    pub from: Option<Address>,
    /// To whom.
    pub to: Vec<Address>,
    /// Copies.
    pub cc: Vec<Address>,
    /// Subject.
    pub subject: String,
    /// The text, LF line ends; no command lines. Shared: it may be most of the memory that a mail takes.
    pub text: Arc<str>,
    /// The mail's id, where it is a mail.
    pub message_id: Option<MessageId>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// The raw mail that it was made of.
    pub raw: Option<Digest>,
    /// When it was written: the time of the decision, or the mail's own date for imported history.
    pub at: Timestamp,
}

/// An article as stored, for reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Row id, rising within a ticket.
    pub id: i64,
    /// All that was stored; attachments carry no content (an empty slice) when read for lists.
    pub content: NewArticle,
}
