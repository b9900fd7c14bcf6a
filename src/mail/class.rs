//! What kind of mail it is: the answer of `ingest::classify`, and what a bounce says.

use std::fmt;

use super::MessageId;

/// The header field that every mail of ours carries, with the id of the instance that sent it.
pub const LOOP_HEADER: &str = "X-Taquilla-Loop";

/// What sent a mail, as `explain` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A human being wrote it.
    Person,
    /// A program's new mail: monitoring, a scanner, a shop.
    Automatic,
    /// Out-of-office, acknowledgement: a program's answer.
    AutoReply,
    /// A delivery status notification, in RFC 3464's form or free-form.
    Bounce,
    /// Came through a mailing list.
    List,
    /// One of our own mails come back.
    Own,
    /// An abuse report (RFC 5965).
    Complaint,
    /// An answer to a survey mail.
    SurveyAnswer,
}

impl Class {
    /// All of them, in the order of the decision table.
    pub const ALL: [Self; 8] = [
        Self::Person,
        Self::Automatic,
        Self::AutoReply,
        Self::Bounce,
        Self::List,
        Self::Own,
        Self::Complaint,
        Self::SurveyAnswer,
    ];

    /// The word that scripts rely on (`explain --json`, `when.class`).
    pub fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Automatic => "automatic",
            Self::AutoReply => "auto-reply",
            Self::Bounce => "bounce",
            Self::List => "list",
            Self::Own => "own",
            Self::Complaint => "complaint",
            Self::SurveyAnswer => "survey-answer",
        }
    }

    /// Reads [`word`](Self::word) back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.word() == word)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// A class with the reasons for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified {
    /// The verdict.
    pub class: Class,
    /// Each piece of evidence in words, such as `Auto-Submitted: auto-replied`.
    pub evidence: Vec<String>,
    /// What the bounce says; present only for [`Class::Bounce`].
    pub bounce: Option<Bounce>,
    /// The header asks not to be answered automatically (RFC 3834 section 2, X-Auto-Response-Suppress).
    /// It says "do not answer", never "is an answer".
    pub no_answer: bool,
}

/// The action field of RFC 3464 section 2.3.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BounceAction {
    /// Not delivered, for good.
    Failed,
    /// Not delivered yet.
    Delayed,
    /// Delivered.
    Delivered,
    /// Handed to a system that sends no notices.
    Relayed,
    /// Delivered to several, a list for example.
    Expanded,
}

impl BounceAction {
    /// The word of RFC 3464.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Relayed => "relayed",
            Self::Expanded => "expanded",
        }
    }
}

/// What a bounce says of the mail that bounced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// Failed, delayed, ...
    pub action: BounceAction,
    /// `d.d.d` of RFC 3463; free-form bounces have it read off their text where it stands there.
    pub status: Option<String>,
    /// The address that could not be reached.
    pub recipient: Option<String>,
    /// What the other server said.
    pub diagnostic: Option<String>,
    /// Message-ID of the mail that bounced.
    pub original_message_id: Option<MessageId>,
}
