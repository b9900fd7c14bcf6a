//! Why somebody gets no automatic mail (RFC 3834): said in the journal, kept in the history, read there in any language.

use std::fmt;

use super::sentences;
use crate::mail::{Class, Language};

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoMail {
    /// There is nobody to write to.
    NoSender,
    /// No person wrote the mail.
    NotPerson(Class),
    /// `X-Auto-Response-Suppress` and its like.
    AsksNot,
    /// `Return-Path: <>`.
    NullReturnPath,
    /// The mail does not come from where it says.
    CheckFailed,
    /// A filter marked it.
    Spam,
    /// The ticket is a program's: the word of the class.
    OpenedByProgram(String),
    /// Nobody knows whether the customer wrote the first mail; why, as the ticket keeps it.
    Unproved(String),
    /// Only the first mail is acknowledged.
    FollowUp,
    /// Suppliers get no acknowledgements.
    Supplier,
    /// A rule says so.
    Rule,
    /// The customer gets what the agent wrote.
    AgentsMail,
    /// `#close silent`.
    Silent,
    /// A person has to look at the mail first.
    Quarantined,
}

impl NoMail {
    /// Said in a language.
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::En => sentences::english::no_mail(self),
            Language::Es => sentences::spanish::no_mail(self),
        }
    }

    /// Reads the English words back.
    pub(super) fn read(text: &str) -> Option<Self> {
        let plain = [
            Self::NoSender,
            Self::AsksNot,
            Self::NullReturnPath,
            Self::CheckFailed,
            Self::Spam,
            Self::FollowUp,
            Self::Supplier,
            Self::Rule,
            Self::AgentsMail,
            Self::Silent,
            Self::Quarantined,
        ];
        if let Some(known) = plain.into_iter().find(|known| known.to_string() == text) {
            return Some(known);
        }
        if let Some(class) = text.strip_prefix("the mail is ") {
            return Class::from_word(class).map(Self::NotPerson);
        }
        if let Some(why) = text.strip_prefix("the customer is not proved: ") {
            return Some(Self::Unproved(why.to_owned()));
        }
        let class = text.strip_prefix("the ticket was opened by a program (")?.strip_suffix(')')?;
        Some(Self::OpenedByProgram(class.to_owned()))
    }
}

/// In English.
impl fmt::Display for NoMail {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text(Language::En))
    }
}
